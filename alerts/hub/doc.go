// Package hub runs alerts: it evaluates the rules, keeps the incidents, stores both, tells the receivers and serves the
// API through which people act.
//
// What is promised, whatever crashes in between: a decision that was stored is never made twice; one that was not is made
// again by the next evaluation; every message reaches every receiver at least once. The order of storing gives that:
// events of incidents first, then the readings that they rest on (the evaluator judges anew what has no stored reading,
// and the same reading gives the same event), then the messages go out, and last the events that say so are stored.
// While ClickHouse is away nothing can be judged; what was decided before is kept in memory and delivered, and stored
// when ClickHouse is back. One hub runs at a time: a second one would make the same incidents, and tell everything twice.
package hub
