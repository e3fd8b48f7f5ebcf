package audit

import "tidemark/processors"

// compare finds the differences of one minute, given all its accounts.
func (f *facts) compare(minute int64, rows []Account, r *Report) {
	of := map[uint64]map[keeper]*Account{}
	for i := range rows {
		a := &rows[i]
		if of[a.Part] == nil {
			of[a.Part] = map[keeper]*Account{}
		}
		of[a.Part][keeper{a.Group, a.Metric}] = a
	}
	for _, p := range f.parts {
		f.comparePart(p, minute, of[p.part], r)
	}
}

// comparePart compares one part's minute: each account with itself, all with each other, land with the raw rows.
func (f *facts) comparePart(p partition, minute int64, accounts map[keeper]*Account, r *Report) {
	keepers := f.keepers(p, minute)
	if len(keepers) == 0 {
		return
	}
	said := map[keeper]int64{}
	for _, k := range keepers {
		a := accounts[k]
		if a == nil {
			said[k] = 0
			continue
		}
		said[k] = a.Produced
		r.add(a)
		if a.Difference != 0 {
			r.differ(Difference{p.topic, p.partition, minute, k.group, k.metric, Unaccounted, a.Produced, a.Produced - a.Difference})
		}
	}
	want, kind := f.produced(p, minute, keepers, said, r)
	for _, k := range keepers {
		if said[k] != want {
			r.differ(Difference{p.topic, p.partition, minute, k.group, k.metric, kind, said[k], want})
		}
	}
	if land := (keeper{landGroup, processors.LandAccount}); f.raw != nil && has(keepers, land) {
		f.compareRaw(p, minute, accounts[land], r)
	}
}

// produced is how many events the minute has: as Kafka's log says where it was read, else as most groups say, and land
// where they are divided.
func (f *facts) produced(p partition, minute int64, keepers []keeper, said map[keeper]int64, r *Report) (int64, Kind) {
	if from, held := f.logFrom[p.part]; held && minute >= from {
		n := f.log[cell{p.part, minute}]
		r.logged(p.topic, n)
		return n, FromLog
	}
	groups := map[string][]int64{}
	var order []string
	for _, k := range keepers {
		if groups[k.group] == nil {
			order = append(order, k.group)
		}
		groups[k.group] = append(groups[k.group], said[k])
	}
	var values []int64
	for _, g := range order {
		values = append(values, most(groups[g]))
	}
	return most(values), FromOthers
}

// most is the value that most have; of several, the one that comes first. Land comes first among a topic's keepers.
func most(values []int64) (best int64) {
	n := map[int64]int{}
	for _, v := range values {
		n[v]++
	}
	for _, v := range values {
		if n[best] < n[v] {
			best = v
		}
	}
	return best
}

// compareRaw wants a raw row for every event that land has landed, apart from those that were erased.
func (f *facts) compareRaw(p partition, minute int64, land *Account, r *Report) {
	landed := int64(0)
	if land != nil {
		landed = land.Counted + land.Duplicate
	}
	c := cell{p.part, minute}
	r.raw(p.topic, f.raw[c], f.erased[c])
	if have := f.raw[c] + f.erased[c]; have != landed {
		r.differ(Difference{p.topic, p.partition, minute, landGroup, processors.LandAccount, RawRows, have, landed})
	}
}

func has(all []keeper, k keeper) bool {
	for _, x := range all {
		if x == k {
			return true
		}
	}
	return false
}
