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

// Webhook lets a provider post events of one shop to /webhooks/{provider}/{shop}.
type Webhook struct {
	Provider string   `yaml:"provider"` // one of WebhookProviders
	Secrets  []Secret `yaml:"secrets"`  // any of them may sign: both the old and the new one while they are exchanged
	Domain   string   `yaml:"domain"`   // what the provider's deliveries call the shop, for those that say it
}

// WebhookProviders maps the providers whose webhooks can be taken to whether their deliveries name the shop's own
// domain, so that shops.yaml must too.
func WebhookProviders() map[string]bool {
	return map[string]bool{"shopify": true, "woocommerce": true, "aftership": false, "17track": false, "kuaidi100": false,
		"easypost": false, "stripe": false}
}

// Payments stands in authoritative beside the families: the one source of attempts to pay. The payment provider sees
// those that fail, the system that counts the orders often does not.
const Payments = "payments"

// Shop is one shop of shops.yaml. It is never changed after loading.
type Shop struct {
	ID       string    `yaml:"id"`
	Name     string    `yaml:"name"`     // as boards show it; the id where absent
	Zone     string    `yaml:"zone"`     // IANA time zone of its business day
	Currency string    `yaml:"currency"` // ISO 4217, reporting currency and that of events that name none
	Market   string    `yaml:"market"`   // for example cn or de
	Stage    Stage     `yaml:"stage"`
	Keys     []Key     `yaml:"keys"`
	Webhooks []Webhook `yaml:"webhooks"`
	// Authoritative names the one source per family, and for Payments, whose events count; others are stored and
	// marked. What is not listed counts all sources.
	Authoritative map[string]string `yaml:"authoritative"`
	Promotions    []string          `yaml:"promotions"` // ids of the promotions that it takes part in
	Teams         map[string]string `yaml:"teams"`      // who answers, by area

	Location *time.Location `yaml:"-"` // of Zone

	identity []IdentityKey
	rates    *Rates
}

// Counts says whether events of the family count that come from the source.
func (s *Shop) Counts(family, source string) bool {
	authority, limited := s.Authoritative[family]
	return !limited || authority == source
}

// CountsOrder says whether an order event of that type counts that comes from the source. Attempts to pay have an
// authority of their own.
func (s *Shop) CountsOrder(eventType, source string) bool {
	if eventType == OrderPaymentFailed || eventType == OrderPaymentOK {
		return s.Counts(Payments, source)
	}
	return s.Counts(Orders.Name, source)
}

// Webhook returns what the shop has agreed with a provider.
func (s *Shop) Webhook(provider string) (*Webhook, bool) {
	i := slices.IndexFunc(s.Webhooks, func(w Webhook) bool { return w.Provider == provider })
	if i < 0 {
		return nil, false
	}
	return &s.Webhooks[i], true
}
