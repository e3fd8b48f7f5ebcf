package archive

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tidemark/schemas"
)

// TestDamageIsNamed: whatever file is removed or has one bit flipped, the report names it, or the offsets that it held.
func TestDamageIsNamed(t *testing.T) {
	dir, s, a := open(t)
	r := rand.New(rand.NewPCG(4, 4))
	for first := int64(0); first < 120; first += 40 {
		b := spanOf("service", r, 7, first, first+40)
		b.Data[slices.Index(b.Names, "occurred_at")] = fill(40, func(int) schemas.Millis { return testTime }) // one day
		insert(t, s, b)
	}
	if _, problems := read(t, a, Filter{}); len(problems) > 0 {
		t.Fatal(problems)
	}
	for name, text := range contents(t, dir) {
		path := filepath.Join(dir, name)
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		expectNamed(t, a, name, "removed")
		for range 2 {
			data := []byte(text)
			data[r.IntN(len(data))] ^= 1 << r.IntN(8)
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			expectNamed(t, a, name, "one bit flipped")
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, problems := read(t, a, Filter{}); len(problems) > 0 {
		t.Fatal(problems)
	}
}

// expectNamed looks for a file in the report. A manifest that is gone shows as missing offsets or, at the end of its part, in
// data files that nobody vouches for.
func expectNamed(t *testing.T, a *Archive, name, why string) {
	t.Helper()
	_, problems := read(t, a, Filter{})
	parts, err := a.Parts(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	orphans, err := a.Orphans(context.Background(), parts)
	if err != nil {
		t.Fatal(err)
	}
	wanted := name
	if _, r, ok := parseManifestName(name); ok && why == "removed" {
		wanted = map[int64]string{0: "-0000000000000-0000000000040.parquet", 40: "offsets 40 to 79: missing", 80: "-0000000000080-0000000000120.parquet"}[r.first]
	}
	if all := strings.Join(append(problems, orphans...), "\n"); !strings.Contains(all, wanted) {
		t.Fatalf("%s (%s) is not named as %s in: %s", name, why, wanted, all)
	}
}

// TestOverlap: spans of other cuts give each record once.
func TestOverlap(t *testing.T) {
	_, s, a := open(t)
	whole := spanOf("service", rand.New(rand.NewPCG(5, 5)), 7, 0, 100)
	insert(t, s, cut(whole, 0, 60), cut(whole, 30, 60), cut(whole, 40, 90), cut(whole, 90, 100), cut(whole, 0, 10))
	got, problems := read(t, a, Filter{})
	if len(problems) > 0 || len(got) != 100 {
		t.Errorf("%d rows of 100; %v", len(got), problems)
	}
}

// cut makes a span of a part of another's rows.
func cut(b schemas.Block, first, next int64) schemas.Block {
	rows := make([]int, 0, next-first)
	for i := first; i < next; i++ {
		rows = append(rows, int(i))
	}
	out := schemas.Block{Table: b.Table, Names: b.Names, Rows: len(rows)}
	for _, data := range b.Data {
		part, err := take(data, rows)
		if err != nil {
			panic(err)
		}
		out.Data = append(out.Data, part)
	}
	span := *b.Span
	span.First, span.Next, span.Events = first, next, next-first
	out.Span = &span
	return out
}

func TestFilter(t *testing.T) {
	_, s, a := open(t)
	r := rand.New(rand.NewPCG(6, 6))
	orders, clicks := spanOf("orders", r, 1, 0, 200), spanOf("clickstream", r, 2, 1000, 1200)
	insert(t, s, orders, clicks)
	from, to := testTime+dayMillis/2, testTime+dayMillis*3/2
	want := 0
	shops, _ := column[string](&orders, "shop")
	occurred, _ := column[schemas.Millis](&orders, "occurred_at")
	appended, _ := column[schemas.Millis](&orders, schemas.ColumnAppendTime)
	for i := range shops {
		if at := min(occurred[i], appended[i]); shops[i] == "東京" && at >= from && at < to {
			want++
		}
	}
	got, problems := read(t, a, Filter{Families: []string{"orders"}, Shops: []string{"東京"}, From: from, To: to})
	if len(got) != want || want == 0 || len(problems) > 0 {
		t.Errorf("%d rows, want %d; %v", len(got), want, problems)
	}
}
