package schemas

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"
)

func identityYAML(keys string) string {
	return "identity_keys:\n" + keys + `
shops:
  - {id: a, zone: Asia/Shanghai, currency: CNY, market: cn, stage: new}
  - {id: b, zone: UTC, currency: CNY, market: cn, stage: new}
`
}

var (
	firstKey  = base64.StdEncoding.EncodeToString([]byte("first-first-first-first-first-12"))
	secondKey = base64.StdEncoding.EncodeToString([]byte("second-second-second-second-1234"))
)

func TestPseudonym(t *testing.T) {
	shops, err := parseShops("f", []byte(identityYAML("  - {epoch: 1, from: 2026-01-01, key: "+firstKey+"}\n  - {epoch: 2, from: 2026-03-01, key: "+secondKey+"}\n")))
	if err != nil {
		t.Fatal(err)
	}
	a, _ := shops.ByID("a")
	b, _ := shops.ByID("b")
	of := func(s *Shop, at, id string) string {
		when, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		p, ok := s.Pseudonym(MillisOf(when), id)
		if !ok {
			t.Fatal("no pseudonym")
		}
		return p
	}
	// The business day of Shanghai begins at 16:00 UTC.
	before, after := of(a, "2026-02-28T15:59:59Z", "jo@x.example"), of(a, "2026-02-28T16:00:00Z", "jo@x.example")
	if !strings.HasPrefix(before, "p1-") || !strings.HasPrefix(after, "p2-") || before[3:] == after[3:] || len(before) != 35 {
		t.Errorf("%s, %s", before, after)
	}
	if got := of(a, "2026-02-28T16:00:00Z", "jo@x.example"); got != after {
		t.Errorf("%s, then %s", after, got)
	}
	if early := of(a, "2020-01-01T00:00:00Z", "jo@x.example"); early != before {
		t.Errorf("before the first day %s, want %s", early, before)
	}
	if other := of(b, "2026-02-28T15:59:59Z", "jo@x.example"); other == before {
		t.Error("two shops know a person by one pseudonym")
	}
	if of(a, "2026-02-28T15:59:59Z", "jo@y.example") == before {
		t.Error("two people have one pseudonym")
	}
	shops, err = parseShops("f", []byte(identityYAML("  []")))
	if err != nil {
		t.Fatal(err)
	}
	a, _ = shops.ByID("a")
	if p, ok := a.Pseudonym(1, "x"); ok {
		t.Errorf("%q without a key", p)
	}
}

func TestIdentityKeysRefused(t *testing.T) {
	for keys, want := range map[string]string{
		"  - {epoch: 0, from: 2026-01-01, key: " + firstKey + "}":                                                          "number the keys from 1",
		"  - {epoch: 1, from: soon, key: " + firstKey + "}":                                                                "which is no day",
		"  - {epoch: 1, from: 2026-01-01, key: c2hvcnQ=}":                                                                  "openssl rand",
		"  - {epoch: 1, from: 2026-01-01, key: " + firstKey + "}\n  - {epoch: 1, from: 2026-01-02, key: " + firstKey + "}": "a number of its own",
		"  - {epoch: 1, from: 2026-01-02, key: " + firstKey + "}\n  - {epoch: 2, from: 2026-01-02, key: " + firstKey + "}": "order of their days",
	} {
		_, err := parseShops("f", []byte(identityYAML(keys)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", keys, err, want)
		}
		if err != nil && (strings.Contains(err.Error(), firstKey) || strings.Contains(err.Error(), "c2hvcnQ")) {
			t.Errorf("the error shows a key: %v", err)
		}
	}
}
