package schemas

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// The shortest keys allowed: a public key is known anyway, a secret one must not be guessed.
const (
	minPublicKey = 8
	minSecretKey = 16
)

// shopsCheck collects what is wrong in a shops file.
type shopsCheck struct {
	path string
	ids  map[string]bool
	keys map[Secret]string // text to the id of its shop
	errs []error
}

// checkShops checks all shops and completes them (name, location).
func checkShops(path string, shops []*Shop) error {
	c := shopsCheck{path: path, ids: map[string]bool{}, keys: map[Secret]string{}}
	if len(shops) == 0 {
		return fmt.Errorf("%s: shops: none; list at least one shop with id, zone, currency, market and stage", path)
	}
	for i, shop := range shops {
		if shop == nil {
			c.errs = append(c.errs, fmt.Errorf("%s: shops[%d]: empty; remove it", path, i))
			continue
		}
		c.shop(i, shop)
	}
	return errors.Join(c.errs...)
}

func (c *shopsCheck) shop(i int, s *Shop) {
	who := fmt.Sprintf("shop %q", s.ID)
	switch {
	case !shopName(s.ID):
		who = fmt.Sprintf("shops[%d]", i)
		c.wrong(who, "id", "is %q; write 1 to 64 of a-z, 0-9, - and _, beginning with a letter or digit", s.ID)
	case c.ids[s.ID]:
		c.wrong(who, "id", "is given twice; give every shop an id of its own")
	}
	c.ids[s.ID] = true
	if s.Name == "" {
		s.Name = s.ID
	}
	var err error
	if s.Location, err = time.LoadLocation(s.Zone); err != nil || s.Zone == "" || s.Zone == "Local" {
		c.wrong(who, "zone", "is %q, which is no IANA time zone; write one such as Europe/Berlin", s.Zone)
	}
	if !KnownCurrency(s.Currency) {
		c.wrong(who, "currency", "is %q, which is no currency of ISO 4217; write one such as EUR", s.Currency)
	}
	if !shopName(s.Market) {
		c.wrong(who, "market", "is %q; write a short name such as de", s.Market)
	}
	if s.Stage != StageNew && s.Stage != StageMature {
		c.wrong(who, "stage", "is %q; write new or mature", s.Stage)
	}
	for j := range s.Keys {
		c.key(who, j, s.ID, &s.Keys[j])
	}
	for j := range s.Webhooks {
		c.webhook(who, j, s.Webhooks)
	}
	c.authoritative(who, s.Authoritative)
}

func (c *shopsCheck) key(who string, i int, shop string, k *Key) {
	field := fmt.Sprintf("keys[%d]", i)
	atLeast := minPublicKey
	switch k.Kind {
	case KeyPublic:
	case KeySecret:
		atLeast = minSecretKey
	default:
		c.wrong(who, field+".kind", "is %q; write public or secret", k.Kind)
	}
	if len(k.Key) < atLeast || len(k.Key) > 200 || strings.ContainsFunc(string(k.Key), notKeyByte) {
		c.wrong(who, field+".key", "must be %d to 200 letters, digits and signs without blanks, quotes and colons; make a new one", atLeast)
	} else if owner, taken := c.keys[k.Key]; taken {
		c.wrong(who, field+".key", "is also a key of shop %q; give every shop keys of its own", owner)
	}
	c.keys[k.Key] = shop
	if slices.ContainsFunc(k.Sources, func(source string) bool { return !shopName(source) }) {
		c.wrong(who, field+".sources", "must be names such as segment; leave sources out to allow all")
	}
}

func (c *shopsCheck) authoritative(who string, sources map[string]string) {
	names := append(FamilyNames(), Payments)
	for _, family := range slices.Sorted(maps.Keys(sources)) {
		if !slices.Contains(names, family) {
			c.wrong(who, "authoritative", "names the family %q; write one of %s", family, strings.Join(names, ", "))
		}
		if source := sources[family]; !shopName(source) {
			c.wrong(who, "authoritative."+family, "is %q; write a source such as segment", source)
		}
	}
}

func (c *shopsCheck) wrong(who, field, format string, args ...any) {
	c.errs = append(c.errs, fmt.Errorf("%s: %s: %s %s", c.path, who, field, fmt.Sprintf(format, args...)))
}

// shopName says whether s may name a shop, market or source.
func shopName(s string) bool {
	return s != "" && len(s) <= 64 && s[0] != '-' && s[0] != '_' && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}

// notKeyByte: a key stands in HTTP headers, and is the user part of Basic authentication, which a colon ends.
func notKeyByte(r rune) bool {
	return r <= ' ' || r > '~' || r == ':' || r == '"' || r == '\''
}
