// Package sim simulates shops: visitors who land through campaigns, look at promotions and products, fill carts and
// order, robots that only read, and servers that report the orders. It talks to a collector over HTTP as real clients do:
// Segment batches with a public key from browsers, with a secret key from servers, and tidemark's own NDJSON from an order
// system.
//
// What happens is a pure function of (seed, run, number of the visit); only when it happens depends on the clock.
// Deliveries are disturbed on purpose: some come seconds late, some twice, a few long after their window has closed.
// Everything that was delivered is noted in the truth. An outage of payments can be staged: visits are planned with both
// outcomes, and the moment of each payment decides which one happens.
package sim
