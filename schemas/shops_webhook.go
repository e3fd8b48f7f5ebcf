package schemas

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// The bounds of a webhook's secret, in bytes. Providers make most of them themselves; the shortest is for those that
// the shop thinks up, which must not be guessed.
const (
	minWebhookSecret = 8
	maxWebhookSecret = 500
)

// webhook checks the i-th of a shop's webhooks.
func (c *shopsCheck) webhook(who string, i int, all []Webhook) {
	field, w := fmt.Sprintf("webhooks[%d]", i), &all[i]
	named, known := WebhookProviders()[w.Provider]
	switch {
	case !known:
		c.wrong(who, field+".provider", "is %q; write one of %s", w.Provider, strings.Join(slices.Sorted(maps.Keys(WebhookProviders())), ", "))
	case slices.ContainsFunc(all[:i], func(o Webhook) bool { return o.Provider == w.Provider }):
		c.wrong(who, field+".provider", "is %s again; list all its secrets in one entry", w.Provider)
	case named && !webhookDomain(w.Domain):
		c.wrong(who, field+".domain", "is %q; write the shop's address as %s names it, such as my.example or my.example/shop", w.Domain, w.Provider)
	case !named && w.Domain != "":
		c.wrong(who, field+".domain", "is not needed: webhooks of %s do not name the shop; remove it", w.Provider)
	}
	if len(w.Secrets) == 0 {
		c.wrong(who, field+".secrets", "has none; write the secret that %s signs with", w.Provider)
	}
	for j, s := range w.Secrets {
		if len(s) < minWebhookSecret || len(s) > maxWebhookSecret || strings.ContainsFunc(string(s), unicode.IsControl) {
			c.wrong(who, fmt.Sprintf("%s.secrets[%d]", field, j), "must be %d to %d bytes without control characters", minWebhookSecret, maxWebhookSecret)
		}
	}
}

// webhookDomain says whether s may be the address of a shop: host and path in small letters, without scheme.
func webhookDomain(s string) bool {
	return s != "" && len(s) <= 253 && s == strings.ToLower(s) && !strings.ContainsFunc(s, notKeyByte) && !strings.HasSuffix(s, "/")
}
