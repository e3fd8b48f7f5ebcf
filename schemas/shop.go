package schemas

import (
	"fmt"
	"io"
	"slices"
	"time"
)

// Stage says how far a shop's market is developed; tolerances of risk and alerts follow it.
type Stage string

// The stages of a market.
const (
	StageNew    Stage = "new"
	StageMature Stage = "mature"
)

// KeyKind says what a key may write.
type KeyKind string

// The kinds of keys. Public keys stand in pages and apps, so anybody may have them: they write clickstream only.
const (
	KeyPublic KeyKind = "public"
	KeySecret KeyKind = "secret"
)

// Secret is a text that is never printed: fmt, with any verb, and encoders give [hidden].
type Secret string

const hidden = "[hidden]"

// Format writes [hidden].
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// String returns [hidden], for whoever prints without fmt.
func (s Secret) String() string { return hidden }

// MarshalText returns [hidden], for loggers and encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// Key lets a sender write events of one shop.
type Key struct {
	Key     Secret   `yaml:"key"`
	Kind    KeyKind  `yaml:"kind"`
	Sources []string `yaml:"sources"` // dialects that it is for; empty: all
}

// Allows says whether the key is for events of that source, for example segment.
func (k *Key) Allows(source string) bool {
	return len(k.Sources) == 0 || slices.Contains(k.Sources, source)
}

// Shop is one shop of shops.yaml. It is never changed after loading.
type Shop struct {
	ID       string `yaml:"id"`
	Name     string `yaml:"name"`     // as boards show it; the id where absent
	Zone     string `yaml:"zone"`     // IANA time zone of its business day
	Currency string `yaml:"currency"` // ISO 4217, reporting currency and that of events that name none
	Market   string `yaml:"market"`   // for example cn or de
	Stage    Stage  `yaml:"stage"`
	Keys     []Key  `yaml:"keys"`
	// Authoritative names the one source per family whose events count; others are stored and marked. A family that is
	// not listed counts all sources.
	Authoritative map[string]string `yaml:"authoritative"`
	Promotions    []string          `yaml:"promotions"` // ids of the promotions that it takes part in
	Teams         map[string]string `yaml:"teams"`      // who answers, by area

	Location *time.Location `yaml:"-"` // of Zone

	identity []IdentityKey
}

// Counts says whether events of the family count that come from the source.
func (s *Shop) Counts(family, source string) bool {
	authority, limited := s.Authoritative[family]
	return !limited || authority == source
}
