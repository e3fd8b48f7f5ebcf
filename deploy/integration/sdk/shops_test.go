//go:build integration

package sdk

import (
	"fmt"
	"net/http"
	"os"
	"strings"
)

// phone is the user id of one client's visitor: such ids become pseudonyms.
const phone = "+12025550143"

// shopper is a client with a shop of its own, named after it, so that figures are the client's alone.
type shopper struct {
	Client
	visit Visit
	// secret says which of its shop's keys it uses. Orders need the secret one.
	secret bool
}

func shoppers(all []Client) []shopper {
	out := make([]shopper, len(all))
	for i, client := range all {
		out[i] = shopper{client, Visit{"anon-" + client.Name, "user-" + client.Name, "order-" + client.Name}, true}
		switch {
		case client.Name == "rudderstack-node":
			out[i].visit.UserID = phone
		case client.Name == "segment-python", client.Method == http.MethodGet: // a query is no place for a secret
			out[i].secret = false
		}
	}
	return out
}

func (s *shopper) key() string {
	if s.secret {
		return "sk_" + s.Name + "_0123456789"
	}
	return "pk_" + s.Name
}

// person is a pattern of what becomes of the visitor's user id.
func (s *shopper) person() string {
	if s.visit.UserID == phone {
		return "^p1-[0-9a-f]{32}$"
	}
	return "^" + s.visit.UserID + "$"
}

// writeShops writes shops.yaml with a key for pseudonyms.
func writeShops(path string, all []shopper) error {
	var text strings.Builder
	text.WriteString("identity_keys:\n  - {epoch: 1, from: 2026-01-01, key: dGVzdC10ZXN0LXRlc3QtdGVzdC10ZXN0LXRlc3QtMTI=}\nshops:\n")
	for _, s := range all {
		kind := "public"
		if s.secret {
			kind = "secret"
		}
		fmt.Fprintf(&text, "  - {id: %s, zone: America/New_York, currency: USD, market: us, stage: new, keys: [{key: %s, kind: %s}]}\n", s.Name, s.key(), kind)
	}
	return os.WriteFile(path, []byte(text.String()), 0o600)
}
