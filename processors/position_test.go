package processors

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tidemark/schemas"
)

func drawPosition(t *rapid.T) Position {
	p := Position{C: rapid.Int64Range(0, math.MaxInt64/4).Draw(t, "c")}
	p.L = p.C + rapid.Int64Range(0, 1<<40).Draw(t, "l")
	p.P = p.L + rapid.Int64Range(0, 1<<40).Draw(t, "p")
	p.MAtL = schemas.Millis(rapid.Int64().Draw(t, "m at l"))
	p.MAtP = schemas.Millis(rapid.Int64().Draw(t, "m at p"))
	for range rapid.IntRange(0, 150).Draw(t, "metrics") {
		p.Metrics = append(p.Metrics, Start{Hash: rapid.Uint32().Draw(t, "hash"), From: schemas.Millis(rapid.Int64().Draw(t, "from"))})
	}
	for range rapid.IntRange(0, maxChains).Draw(t, "chains") {
		p.Chains = append(p.Chains, Chain{
			Sessions: rapid.Uint32().Draw(t, "sessions"), Key: rapid.Uint64().Draw(t, "key"),
			At: schemas.Millis(rapid.Int64().Draw(t, "at")), Off: rapid.Int64Range(0, math.MaxInt64/4).Draw(t, "off"),
		})
	}
	if rapid.Bool().Draw(t, "snapshot") {
		ref := drawRef(t, p.C)
		p.Snapshot = &ref
	}
	return p
}

func drawRef(t *rapid.T, c int64) SnapshotRef {
	r := SnapshotRef{
		Partition: rapid.Int32Range(0, 1000).Draw(t, "partition"), First: rapid.Int64Range(0, 1<<39).Draw(t, "first"),
		Chunks: rapid.IntRange(1, maxChunks).Draw(t, "chunks"), Next: c + rapid.Int64Range(0, 1<<40).Draw(t, "next"),
		Sum: rapid.Uint32().Draw(t, "sum"), Slot: uint8(rapid.IntRange(0, 1).Draw(t, "slot")),
	}
	r.Last = r.First + int64(r.Chunks) - 1 + rapid.Int64Range(0, 100).Draw(t, "others")
	return r
}

func equalPositions(a, b Position) bool {
	if (a.Snapshot == nil) != (b.Snapshot == nil) || a.Snapshot != nil && *a.Snapshot != *b.Snapshot {
		return false
	}
	return a.C == b.C && a.L == b.L && a.P == b.P && a.MAtL == b.MAtL && a.MAtP == b.MAtP && slices.Equal(a.Metrics, b.Metrics) && slices.Equal(a.Chains, b.Chains)
}

func TestPositionRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPosition(t)
		text, err := EncodePosition(p)
		if err != nil {
			t.Fatal(err)
		}
		got, err := DecodePosition(p.C, text)
		if err != nil || !equalPositions(got, p) {
			t.Fatalf("%+v came back as %+v, %v", p, got, err)
		}
	})
}

// Any metric may have a start of its own, and 150 of them must fit into Kafka's limit for the text.
func TestPositionOf150MetricsFits(t *testing.T) {
	p := Position{C: 1 << 40, L: 1<<40 + 1<<30, P: 1<<40 + 1<<31, MAtL: 1_800_000_000_000, MAtP: 1_800_000_100_000}
	for i := range 150 {
		p.Metrics = append(p.Metrics, Start{Hash: math.MaxUint32 - uint32(i), From: 1_800_000_000_000})
	}
	text, err := EncodePosition(p)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("150 metrics take %d of %d bytes", len(text), maxMetadata)
	for len(p.Metrics) < 2000 {
		p.Metrics = append(p.Metrics, Start{})
	}
	if _, err := EncodePosition(p); err == nil {
		t.Error("a text above Kafka's limit was not refused")
	}
}

func TestPositionRefusesForeignText(t *testing.T) {
	good, err := EncodePosition(Position{C: 10, L: 12, P: 20, MAtL: 1000, MAtP: 2000, Metrics: []Start{{Hash: 7, From: 3}}})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"empty": "", "member id": "tidemark-fast-1f", "prefix only": positionPrefix, "other version": "tm2." + good[4:],
		"cut": good[:len(good)-2], "longer": good + "AA", "padding": good + "=", "changed": strings.Replace(good, good[6:7], "_", 1),
	} {
		if _, err := DecodePosition(10, text); !errors.Is(err, ErrForeignMetadata) {
			t.Errorf("%s: %q gave %v", name, text, err)
		}
	}
	if _, err := DecodePosition(11, good); !errors.Is(err, ErrForeignMetadata) {
		t.Errorf("an offset moved by hand gave %v", err)
	}
}

// A pointer to a snapshot is a hint: damaged or cut off, it leaves the position as it is. Texts without one, as older
// versions wrote them, are read as before.
func TestPositionOutlivesItsPointer(t *testing.T) {
	p := Position{C: 10, L: 12, P: 20, MAtL: 1000, MAtP: 2000, Metrics: []Start{{Hash: 7, From: 3}}}
	old, err := EncodePosition(p)
	if err != nil {
		t.Fatal(err)
	}
	p.Snapshot = &SnapshotRef{Partition: 3, First: 100, Last: 107, Chunks: 5, Next: 18, Sum: 77, Slot: 1}
	text, err := EncodePosition(p)
	if err != nil || !strings.HasPrefix(text, old) || strings.Contains(old, ".") != strings.Contains(positionPrefix, ".") {
		t.Fatalf("%q does not begin with %q: %v", text, old, err)
	}
	if got, err := DecodePosition(10, text); err != nil || !equalPositions(got, p) {
		t.Fatalf("%+v came back as %+v, %v", p, got, err)
	}
	p.Snapshot = nil
	for i := len(old); i < len(text); i++ {
		changed := []byte(text)
		changed[i] ^= 1
		for _, text := range []string{text[:i], string(changed)} {
			if got, err := DecodePosition(10, text); err != nil && i > len(old) || err == nil && !equalPositions(got, p) {
				t.Fatalf("%q gave %+v, %v", text, got, err)
			}
		}
	}
}

// Where there is no room for the pointer, the commit goes without it.
func TestPointerGivesWay(t *testing.T) {
	p := Position{Snapshot: &SnapshotRef{Chunks: 1}}
	for text := ""; ; p.Metrics = append(p.Metrics, Start{Hash: 1}) {
		next, err := EncodePosition(p)
		if err != nil {
			t.Fatalf("%d metrics: %v", len(p.Metrics), err)
		}
		if len(next) < len(text) {
			if got, err := DecodePosition(0, next); err != nil || got.Snapshot != nil || len(got.Metrics) != len(p.Metrics) {
				t.Errorf("%+v, %v", got, err)
			}
			return
		}
		text = next
	}
}

// FuzzReadRef gets past the checksum too.
func FuzzReadRef(f *testing.F) {
	f.Add(int64(3), []byte{1, 2, 3, 1, 2, 0, 0, 0, 9, 1})
	f.Fuzz(func(t *testing.T, c int64, body []byte) {
		ref := readRef(body, c)
		if ref != nil && (ref.Partition < 0 || ref.First < 0 || ref.Last < ref.First || ref.Chunks < 1 || ref.Chunks > maxChunks || ref.Next < 0) {
			t.Fatalf("accepted %+v", *ref)
		}
	})
}

// Offsets that contradict each other are refused although the checksum is right.
func TestPositionRefusesDisorder(t *testing.T) {
	for _, p := range []Position{{C: -1, L: 0, P: 0}, {C: 5, L: 4, P: 6}, {C: 5, L: 6, P: 5}} {
		text, err := EncodePosition(p)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := DecodePosition(p.C, text); !errors.Is(err, ErrForeignMetadata) {
			t.Errorf("%+v gave %v", p, err)
		}
	}
}

func FuzzDecodePosition(f *testing.F) {
	for _, p := range []Position{{}, {C: 1, L: 2, P: 3, MAtL: -4, MAtP: 5, Metrics: []Start{{1, 2}, {3, 4}}}, {Snapshot: &SnapshotRef{Chunks: 2, Last: 1}}} {
		text, err := EncodePosition(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(p.C, text)
	}
	f.Add(int64(7), "consumer-1")
	f.Fuzz(func(t *testing.T, c int64, text string) {
		p, err := DecodePosition(c, text)
		if err != nil {
			if !errors.Is(err, ErrForeignMetadata) {
				t.Fatalf("error of an unexpected kind: %v", err)
			}
			return
		}
		again, err := EncodePosition(p)
		if err != nil {
			return // longer than Kafka stores
		}
		if got, err := DecodePosition(c, again); err != nil || !equalPositions(got, p) {
			t.Fatalf("%+v became %+v, %v", p, got, err)
		}
	})
}

// FuzzReadPosition gets past the checksum, which random text never does.
func FuzzReadPosition(f *testing.F) {
	f.Add(int64(3), []byte{2, 4, 6, 8, 1, 0, 0, 0, 9, 2})
	f.Add(int64(0), []byte{0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f})
	f.Fuzz(func(t *testing.T, c int64, body []byte) {
		if p, err := readPosition(c, body); err == nil && (p.C < 0 || p.L < p.C || p.P < p.L) {
			t.Fatalf("accepted %+v", p)
		}
	})
}
