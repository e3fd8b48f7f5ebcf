package proctest

import (
	"encoding/binary"
	"slices"
	"testing"

	"tidemark/processors"
	"tidemark/schemas"
)

// Every rule of exactness has a control here: broken, it must be found within so many seeds. A control that is not
// found means that the simulation has ceased to reach the rule.
const controlSeeds = 3000

func slow(sc *scenario) bool { return sc.group == processors.GroupSlow }
func fast(sc *scenario) bool { return sc.group == processors.GroupFast }
func calm(sc *scenario) bool { return sc.next == nil && !lost(sc) }
func lost(sc *scenario) bool { return sc.start > 0 || sc.loss }

// TestRulesBrokenOutside breaks rules on the way to or from the engine.
func TestRulesBrokenOutside(t *testing.T) {
	for name, tw := range map[string]twist{
		"rows are emitted during the replay":      {applies: calm, position: func(_ *sim, p *processors.Position) { p.P, p.MAtP = p.L, p.MAtL }},
		"the later watermark is restored at once": {applies: calm, position: func(_ *sim, p *processors.Position) { p.MAtL = p.MAtP }},
		"the earlier watermark stays at P":        {applies: calm, position: func(_ *sim, p *processors.Position) { p.MAtL, p.MAtP = p.MAtL-5000, p.MAtL-5000 }},
		"[C, L) does not fill the dedupe set":     {applies: calm, position: func(_ *sim, p *processors.Position) { p.C = p.L }},
		"C leaves out the horizon":                {applies: calm, position: lateC},
		"L forgets open windows":                  {applies: fast, position: func(s *sim, p *processors.Position) { s.setLow(p, p.P) }},
		"L forgets held events":                   {applies: slow, position: lowWithout(func(c *Counted) { c.Held = nil })},
		"L forgets open sessions":                 {applies: slow, position: lowWithout(func(c *Counted) { c.Open = nil })},
		"L forgets sessions of open windows":      {applies: slow, position: lowWithout(func(c *Counted) { c.Sessions = nil })},
		"chains are forgotten":                    {applies: slow, position: func(_ *sim, p *processors.Position) { p.Chains = nil }},
		"chains resume at every session's start":  {applies: slow, position: func(_ *sim, p *processors.Position) { moveChains(p) }},
		"a new metric is not cut":                 {applies: changes(fast), position: known(func(*processors.Position) schemas.Millis { return 0 })},
		"a new session metric is cut at M": {
			applies: changes(slow), position: known(func(p *processors.Position) schemas.Millis { return p.MAtP })},
		"a changed metric is not cut":                  {applies: changes(fast), position: known(func(*processors.Position) schemas.Millis { return 0 })},
		"the cut is forgotten at the second crash":     {applies: changes(fast), position: forgetCuts},
		"the cut of sessions is forgotten at a crash":  {applies: changes(slow), position: forgetCuts},
		"the cut of a damaged log is forgotten":        {applies: lost, position: forgetCuts},
		"a log without its beginning counts as whole":  {applies: lost, assignment: func(_ *sim, a *processors.Assignment) { a.LogStart = 0 }},
		"the store's M is not asked for":               {applies: lost, assignment: func(_ *sim, a *processors.Assignment) { a.Known = 0 }},
		"versions count flushes":                       {applies: calm, flush: func(s *sim, f *processors.Flush) { setVersions(f, s.serial) }, finalOnly: true},
		"versions are equal":                           {applies: calm, flush: func(_ *sim, f *processors.Flush) { setVersions(f, 1) }},
		"late events leave no mark":                    {applies: calm, flush: func(_ *sim, f *processors.Flush) { drop(f, "dirty") }},
		"a metric's rows are not written":              {flush: func(_ *sim, f *processors.Flush) { drop(f, "m_money"); drop(f, "m_visits") }},
		"dead letters are lost":                        {flush: func(_ *sim, f *processors.Flush) { f.Dead = nil }},
		"the commit comes before the rows":             {commitFirst: true},
		"a headline flush commits":                     {commitHeadline: true},
		"an insert of unknown outcome is not repeated": {dropOnUnknown: true},
		"heartbeats are not delivered":                 {log: withoutHeartbeats},
		"append times are the sender's":                {log: senderTimes},
		"L forgets the open minute":                    {applies: calm, position: func(s *sim, p *processors.Position) { s.setLow(p, p.P) }, accountsOnly: true},
		"accounts are told during the replay":          {applies: calm, position: func(_ *sim, p *processors.Position) { p.P, p.MAtP = p.L, p.MAtL }, accountsOnly: true},
		"accounts of copies forget the horizon":        {applies: calm, position: func(_ *sim, p *processors.Position) { p.C = p.L }, accountsOnly: true},
		"accounts are not written":                     {flush: func(_ *sim, f *processors.Flush) { drop(f, accounts) }, accountsOnly: true},
		"accounts are written after the commit":        {commitFirst: true, accountsOnly: true},
		"a partial minute is forgotten at a crash":     {applies: lost, position: forgetCuts, accountsOnly: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mustFail(t, &tw, NoneBroken)
		})
	}
}

// TestRulesBrokenInOracle breaks rules in the oracle, with which the engine must then disagree.
func TestRulesBrokenInOracle(t *testing.T) {
	for name, rule := range map[string]Rule{
		"the late test runs ahead of the log":   LateTestAhead,
		"event time is not capped":              EventTimeUncapped,
		"heartbeats do not move M":              HeartbeatsIgnored,
		"unreadable records move M":             UnreadableMovesM,
		"copies count":                          NothingIsDuplicate,
		"the horizon has no end":                EndlessHorizon,
		"the horizon is not refreshed":          HorizonNotRefreshed,
		"a window outlasts its end":             WatermarkInclusive,
		"other is chosen by name":               OtherByName,
		"tuples have no bound":                  OtherUnbounded,
		"sessions count in order of their ends": SessionsByEnd,
		"last is what came last":                LastByArrival,
		"sessions fold in the order of arrival": SessionsByArrival,
		"sessions have no caps":                 SessionsUncapped,
		"server events open sessions":           JoinedEventsOpen,
		"a gap ends a session a little earlier": GapExclusive,
		"an event at the watermark is late":     SessionsLateInclusive,
		"new sessions count from the gap on":    CutWithoutSpan,
		"accounts go by event time":             AccountsByEventTime,
		"an event late for one window is late":  AccountsLateOnce,
		"what only cut windows hold counts":     AccountsIgnoreCuts,
		"minutes may lack their beginning":      AccountsOfPartialMinutes,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mustFail(t, nil, rule)
		})
	}
}

func mustFail(t *testing.T, tw *twist, broken Rule) {
	t.Helper()
	for seed := range uint64(controlSeeds) {
		if _, err := try(seed, 0, tw != nil && (tw.keep != nil || tw.take != nil), tw, broken); err != nil {
			t.Logf("found at seed %d: %v", seed, err)
			return
		}
	}
	t.Errorf("the rule is broken, and %d seeds do not notice", controlSeeds)
}

func changes(group func(*scenario) bool) func(*scenario) bool {
	return func(sc *scenario) bool { return sc.next != nil && group(sc) }
}

// setLow moves L to an offset, and C as far as it must.
func (s *sim) setLow(p *processors.Position, low int64) {
	base := s.log[:low-s.start]
	p.L, p.MAtL, p.C = low, schemas.Millis(mOf(base)), min(p.C, low)
}

func mOf(log []processors.Record) int64 {
	out, err := Batch(catalogue(edition{})[:1], log, Options{})
	if err != nil {
		panic(err)
	}
	return out.M
}

// lateC moves C to where the log was one second before L.
func lateC(s *sim, p *processors.Position) {
	for p.C < p.L && s.log[p.C-s.start].Time < s.log[p.L-s.start-1].Time-1000 {
		p.C++
	}
}

// lowWithout computes L from what the oracle knows, without one of its reasons. It leaves chains alone.
func lowWithout(forget func(*Counted)) func(*sim, *processors.Position) {
	return func(s *sim, p *processors.Position) {
		if len(s.starts) > 0 {
			return
		}
		out, err := Batch(s.defs[s.now], s.log[:p.P-s.start], Options{})
		if err != nil {
			panic(err)
		}
		low := p.P
		for _, c := range out.Metrics {
			forget(c)
			for _, off := range c.Held {
				low = min(low, off)
			}
			for _, v := range c.Open {
				low = min(low, v.Min)
			}
			size := c.Spec.Window.Size.Milliseconds()
			for _, v := range c.Sessions {
				if v.Close/size*size+size+lateBy(c.Spec) > out.M {
					low = min(low, v.Min)
				}
			}
		}
		if low > p.L {
			s.setLow(p, low)
		}
	}
}

// moveChains takes every chain up one event late.
func moveChains(p *processors.Position) {
	p.Chains = slices.Clone(p.Chains)
	for i := range p.Chains {
		p.Chains[i].Off++
	}
}

// known makes the engine believe that the metrics of its edition are known, from some time on.
func known(from func(*processors.Position) schemas.Millis) func(*sim, *processors.Position) {
	return func(s *sim, p *processors.Position) {
		for i := range s.defs[s.now] {
			h := s.defs[s.now][i].Fingerprint()
			if !slices.ContainsFunc(p.Metrics, func(st processors.Start) bool { return st.Hash == h }) {
				p.Metrics = append(p.Metrics, processors.Start{Hash: h, From: from(p)})
			}
		}
	}
}

func forgetCuts(_ *sim, p *processors.Position) {
	for i := range p.Metrics {
		p.Metrics[i].From = 0
	}
}

func setVersions(f *processors.Flush, v uint64) {
	for i := range f.Blocks {
		vers := column[uint64](&f.Blocks[i], "ver")
		for j := range vers {
			vers[j] = v
		}
	}
}

func drop(f *processors.Flush, table string) {
	f.Blocks = slices.DeleteFunc(f.Blocks, func(b schemas.Block) bool { return b.Table.Name == table })
}

func withoutHeartbeats(log []processors.Record) []processors.Record {
	return slices.DeleteFunc(slices.Clone(log), func(r processors.Record) bool { return r.Heartbeat })
}

// senderTimes gives every event the time that its sender claims.
func senderTimes(log []processors.Record) []processors.Record {
	log = slices.Clone(log)
	for i := range log {
		if v := log[i].Value; len(v) > 1 && (v[0] == View || v[0] == Click || v[0] == Server) {
			if at, n := binary.Varint(v[1:]); n > 0 && at > 0 {
				log[i].Time = schemas.Millis(at)
			}
		}
	}
	return log
}
