package audit_test

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"tidemark/processors/audit"
	"tidemark/processors/metrics"
)

// second is the second minute, in SQL.
var second = "toDateTime64('" + at(1).UTC().Format(time.DateTime) + "', 3, 'UTC')"

// A run in which nothing is missing has no difference, with Kafka's log and without.
func TestACleanRun(t *testing.T) {
	w := newWorld(t, "clean", none)
	var b strings.Builder
	if err := w.audit(true).Print(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"page_views", "tidemark-slow", "raw rows", "Kafka holds", "No difference."} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, b.String())
		}
	}
	for _, kafka := range []bool{false, true} {
		r := w.audit(kafka)
		if r.First != nil {
			t.Fatalf("kafka %v: %d differences, the first: %s", kafka, r.Differences, r.First)
		}
		produced, want := int64(0), int64(0)
		for _, counts := range w.counts {
			for _, n := range counts {
				want += n
			}
		}
		for _, l := range r.Lines {
			if l.Produced != want || l.Produced != l.Counted+l.Late+l.Duplicate+l.Quarantined+l.Skipped+l.Cut {
				t.Errorf("%+v: want %d events, and a sum that holds", l, want)
			}
			if l.Metric == "page_views" && (l.Late == 0 || l.Duplicate == 0 || l.Quarantined == 0 || l.Counted == 0) {
				t.Errorf("%+v: the world lacks something", l)
			}
			produced++
		}
		if produced < 4 || kafka && r.Log[w.topic()] != want {
			t.Errorf("%d accounts, Kafka holds %d, want %d", produced, r.Log[w.topic()], want)
		}
	}
}

func (w *world) topic() string { return topic }

// Each fault is named as the first difference: where, who, which figures.
func TestFaultsAreNamed(t *testing.T) {
	w := newWorld(t, "faults", none)
	for name, c := range map[string]struct {
		fault string
		kafka bool
		want  audit.Difference // Have and Want: relative to what was produced, except for raw rows
	}{
		"a raw row is gone": {"ALTER TABLE events_clickstream DELETE WHERE part = $part AND offset = (SELECT min(offset) FROM events_clickstream WHERE part = $part AND append_time >= " + second + ")", false,
			audit.Difference{Kind: audit.RawRows, Group: "tidemark-land", Metric: "land", Have: -1}},
		"a raw row too many": {"INSERT INTO events_clickstream (part, offset, append_time, received_at) VALUES ($part, 999999, " + second + ", " + second + ")", false,
			audit.Difference{Kind: audit.RawRows, Group: "tidemark-land", Metric: "land", Have: 1}},
		"an account of fast is gone": {"ALTER TABLE accounts DELETE WHERE part = $part AND metric = 'page_views' AND minute = " + second, false,
			audit.Difference{Kind: audit.FromOthers, Group: "tidemark-fast", Metric: "page_views", Have: -1 << 32}},
		"the account of land is gone": {"ALTER TABLE accounts DELETE WHERE part = $part AND metric = 'land' AND minute = " + second, true,
			audit.Difference{Kind: audit.FromLog, Group: "tidemark-land", Metric: "land", Have: -1 << 32}},
		"a phantom in one metric": {"INSERT INTO accounts (minute, `group`, metric, part, topic, partition, ver, produced, counted) VALUES (" + second + ", 'tidemark-fast', 'ctr', $part, 'tidemark.clickstream', 1, 999999, $n + 5, $n + 5)", true,
			audit.Difference{Kind: audit.FromLog, Group: "tidemark-fast", Metric: "ctr", Have: 5}},
		"a sum that does not hold": {"INSERT INTO accounts SELECT * REPLACE (999999 AS ver, counted - 2 AS counted) FROM accounts FINAL WHERE part = $part AND metric = 'page_views' AND minute = " + second, false,
			audit.Difference{Kind: audit.Unaccounted, Group: "tidemark-fast", Metric: "page_views"}},
	} {
		t.Run(name, func(t *testing.T) {
			w.restore()
			n := w.counts[1][1]
			w.exec("%s", w.fill(c.fault, n))
			got := w.audit(c.kafka).First
			if got == nil {
				t.Fatal("no difference")
			}
			have := got.Have - got.Want
			if c.want.Have == -1<<32 {
				have, c.want.Have = got.Have, 0
			}
			if c.want.Kind == audit.Unaccounted {
				have -= 2
			}
			if got.Topic != topic || got.Partition != 1 || got.Minute != at(1).UnixMilli() || got.Kind != c.want.Kind || got.Group != c.want.Group || got.Metric != c.want.Metric || have != c.want.Have {
				t.Errorf("first difference: %s", got)
			}
			if text := got.String(); !strings.Contains(text, "tidemark.clickstream/1 at "+at(1).UTC().Format("2006-01-02 15:04")+" UTC") {
				t.Errorf("text %q", text)
			}
		})
	}
}

func (w *world) fill(sql string, n int64) string {
	return strings.NewReplacer("$part", utoa(w.parts[1]), "$n", utoa(uint64(n))).Replace(sql)
}

// What was erased and said to be erased is no difference; erased twice as much as said is.
func TestErasures(t *testing.T) {
	w := newWorld(t, "erasures", none)
	erase := func(offsets string) {
		where := "part = " + utoa(w.parts[0]) + " AND offset IN (" + offsets + ")"
		w.exec("INSERT INTO erasures SELECT part, toStartOfMinute(append_time), uniqExact(offset), now64(3), 'request 7' FROM events_clickstream WHERE %s GROUP BY 1, 2", where)
		w.exec("ALTER TABLE events_clickstream DELETE WHERE %s", where)
	}
	erase("0, 5, 6")
	r := w.audit(true)
	if r.First != nil || r.Erased[topic] == 0 {
		t.Fatalf("%d erased, first difference %v", r.Erased[topic], r.First)
	}
	w.exec("ALTER TABLE events_clickstream DELETE WHERE part = %d AND offset < 30", w.parts[0])
	if r = w.audit(true); r.First == nil || r.First.Kind != audit.RawRows || r.First.Partition != 0 {
		t.Errorf("erased without a word: %v", r.First)
	}
}

// An event that no group has read is missed against Kafka's log only.
func TestAnEventThatNobodyRead(t *testing.T) {
	w := newWorld(t, "unread", func(p int32, offset int64) bool { return p == 1 && offset == 0 })
	if r := w.audit(false); r.First != nil {
		t.Errorf("without Kafka: %s", r.First)
	}
	r := w.audit(true)
	if r.First == nil || r.First.Kind != audit.FromLog || r.First.Partition != 1 || r.First.Minute != at(0).UnixMilli() || r.First.Have != r.First.Want-1 {
		t.Errorf("first difference: %v", r.First)
	}
}

// The watch exports the size of what differs, by account, and when it has looked.
func TestWatch(t *testing.T) {
	w := newWorld(t, "watched", none)
	registry := prometheus.NewRegistry()
	watch, err := audit.NewWatch(w.sink, metrics.All(), zerolog.Nop(), registry)
	if err != nil {
		t.Fatal(err)
	}
	value := func() (land, views, sum, checked float64) {
		if err := watch.Check(t.Context(), at(minutes)); err != nil {
			t.Fatal(err)
		}
		found, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			for _, m := range f.Metric {
				v := m.GetGauge().GetValue()
				if f.GetName() != "tidemark_accounting_difference" {
					checked = v
					continue
				}
				sum += v
				switch m.Label[1].GetValue() {
				case "land":
					land = v
				case "page_views":
					views = v
				}
			}
		}
		return land, views, sum, checked
	}
	if _, _, sum, checked := value(); sum != 0 || checked != float64(at(minutes).Unix()) {
		t.Errorf("difference %v, checked at %v", sum, checked)
	}
	w.exec("ALTER TABLE accounts DELETE WHERE part = %d AND metric = 'page_views' AND minute = %s", w.parts[1], second)
	if land, views, sum, _ := value(); land != 0 || views != float64(w.counts[1][1]) || sum != views {
		t.Errorf("difference of land %v, of page_views %v, in all %v", land, views, sum)
	}
}
