package rollup

import (
	"testing"
	"time"

	"tidemark/processors"
	"tidemark/schemas"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// Periods follow each other without gap or overlap, whatever the clocks do, midnight included.
func TestCalendar(t *testing.T) {
	for _, name := range []string{"UTC", "Europe/Berlin", "Asia/Shanghai", "America/Sao_Paulo", "Australia/Lord_Howe", "Africa/Cairo"} {
		for _, by := range []processors.Period{processors.Day, processors.Month} {
			c := calendar{zone(t, name), by}
			p := c.at(schemas.MillisOf(time.Date(2017, 1, 1, 12, 0, 0, 0, time.UTC)))
			until := schemas.MillisOf(time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC))
			for n := 0; p.begins < until; n++ {
				next := c.next(p)
				if next.begins != p.ends || next.ends <= next.begins || c.at(p.ends-1) != p || c.at(p.begins) != p || n > 1000 {
					t.Fatalf("%s by %s: %v is followed by %v", name, by, p, next)
				}
				p = next
			}
		}
	}
	berlin := calendar{zone(t, "Europe/Berlin"), processors.Day}
	if p := berlin.at(schemas.MillisOf(time.Date(2025, 3, 30, 12, 0, 0, 0, time.UTC))); p.ends-p.begins != 23*3600*1000 {
		t.Errorf("the day of the change of clocks lasts %d ms", p.ends-p.begins)
	}
}

func planOf(t *testing.T, name string, now time.Time) *plan {
	s := only(name).Rollups()[0]
	return &plan{spec: s, cal: calendar{zone(t, "Europe/Berlin"), s.Rollup.Period}, now: schemas.MillisOf(now), runs: map[schemas.Millis]processors.RunRow{}}
}

// ran notes a complete run of the period around a moment, computed at another.
func (p *plan) ran(at, first time.Time, ver uint64) period {
	d := p.cal.at(schemas.MillisOf(at))
	p.runs[d.begins] = processors.RunRow{Period: d.begins, Ends: d.ends, Ver: ver, Rows: 1, Complete: true, Hash: p.spec.RollupHash(), First: schemas.MillisOf(first)}
	return d
}

func TestDue(t *testing.T) {
	now := time.Date(2025, 6, 20, 12, 0, 0, 0, time.UTC)
	day := func(n int) time.Time { return now.AddDate(0, 0, n) }
	for _, tt := range []struct {
		name, rollup      string
		set               func(p *plan)
		build, drop, held int
	}{
		{"nothing new: the open day", "net_sales", func(p *plan) { p.ran(day(-1), day(0), 1) }, 1, 0, 0},
		{"the runner was away for three days", "net_sales", func(p *plan) { p.ran(day(-4), day(-3), 1) }, 4, 0, 0},
		{"two touched days", "net_sales", func(p *plan) {
			p.touched = []schemas.Millis{schemas.MillisOf(day(-9)), schemas.MillisOf(day(-3)), schemas.MillisOf(day(-3)) + 1, schemas.MillisOf(day(+3))}
		}, 3, 0, 0},
		{"not complete yet", "net_sales", func(p *plan) {
			d := p.ran(day(-1), day(0), 1)
			r := p.runs[d.begins]
			r.Complete = false
			p.runs[d.begins] = r
		}, 2, 0, 0},
		{"another definition", "net_sales", func(p *plan) {
			d := p.ran(day(-1), day(0), 1)
			r := p.runs[d.begins]
			r.Hash++
			p.runs[d.begins] = r
		}, 2, 0, 0},
		{"cohorts of all later months", "cohort_retention", func(p *plan) { p.touched = []schemas.Millis{schemas.MillisOf(day(-130))} }, 5, 0, 0},
		{"a rollup before was rebuilt", "active_users", func(p *plan) {
			for n := 1; n <= 40; n++ {
				p.ran(day(-n), day(-n), 5)
			}
			p.before = []rebuilt{{p.cal.at(schemas.MillisOf(day(-35))), 9}, {p.cal.at(schemas.MillisOf(day(-36))), 4}}
		}, 32, 0, 0},
		{"thinned: recent days and month ends stay", "rfm", func(p *plan) {
			p.newest = p.now
			p.touched = []schemas.Millis{schemas.MillisOf(day(-100))}
			p.ran(day(-90), day(-90), 1)
			p.ran(day(-1), day(0), 1)
			p.runs[p.cal.at(p.now).begins] = processors.RunRow{Period: p.cal.at(p.now).begins, Ends: p.cal.at(p.now).ends}
		}, 36 + 2, 1, 0},
		{"raw events have been deleted", "daily_active", func(p *plan) {
			p.ran(day(-100), day(-99), 1)
			p.ran(day(-1), day(0), 1)
			p.touched = []schemas.Millis{schemas.MillisOf(day(-100))}
		}, 1, 0, 1},
		{"imported history is there still", "daily_active", func(p *plan) {
			p.ran(day(-1000), day(-10), 1)
			p.ran(day(-1), day(0), 1)
			p.touched = []schemas.Millis{schemas.MillisOf(day(-1000))}
		}, 2, 0, 0},
		{"imported history that has been deleted since", "daily_active", func(p *plan) {
			p.ran(day(-1000), day(-100), 1)
			p.ran(day(-1), day(0), 1)
			p.touched = []schemas.Millis{schemas.MillisOf(day(-1000))}
		}, 1, 0, 1},
		{"the shop has moved to another zone", "net_sales", func(p *plan) {
			p.ran(day(-3), day(-2), 1)
			p.ran(day(-1), day(0), 1)
			p.cal.zone = zone(t, "Asia/Shanghai")
		}, 4, 2, 0},
		{"to a zone where one of its days begins at the same moment, and ends at another", "net_sales", func(p *plan) {
			p.ran(time.Date(2025, 3, 30, 12, 0, 0, 0, time.UTC), day(-2), 1)
			p.ran(day(-1), day(0), 1)
			p.cal.zone = zone(t, "Africa/Lagos")
		}, 4, 1, 0},
	} {
		p := planOf(t, tt.rollup, now)
		tt.set(p)
		got := p.due()
		if len(got.build) != tt.build || len(got.drop) != tt.drop || got.held != tt.held {
			t.Errorf("%s: builds %d, drops %d, holds %d; want %d, %d, %d", tt.name, len(got.build), len(got.drop), got.held, tt.build, tt.drop, tt.held)
		}
	}
}

func TestBatches(t *testing.T) {
	c := calendar{time.UTC, processors.Day}
	var all []period
	for n := range 500 {
		all = append(all, c.at(schemas.MillisOf(noon.AddDate(0, 0, -n))))
	}
	all = append(all, c.at(schemas.MillisOf(noon.AddDate(-9, 0, 0))))
	got := batches(all, batchPeriods)
	if len(got) != 3 || len(got[0]) != batchPeriods || len(got[1]) != 100 || len(got[2]) != 1 {
		t.Errorf("%d batches", len(got))
	}
}
