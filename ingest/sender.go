package ingest

import (
	"net/http"
	"strings"

	"tidemark/schemas"
)

// sender is who writes, as its key says.
type sender struct {
	shop   *schemas.Shop
	secret bool
}

var unknownKey = refuse(http.StatusUnauthorized, "unknown_key")

// sender looks the key up. A key that is for other dialects is refused with 403.
func (c *Collector) sender(key, dialect string) (sender, *refusal) {
	shop, k, ok := c.cfg.Shops().ByKey(key)
	switch {
	case !ok:
		return sender{}, unknownKey
	case !k.Allows(dialect):
		return sender{}, refuse(http.StatusForbidden, "key_for_other_source")
	}
	return sender{shop: shop, secret: k.Kind == schemas.KeySecret}, nil
}

// headerKey takes the write key from the Authorization header: Basic user with any password, or Bearer. The key is
// empty where there is no such header; a header of another form is refused.
func headerKey(r *http.Request) (string, *refusal) {
	h := r.Header.Get("Authorization")
	if h == "" {
		return "", nil
	}
	if user, _, ok := r.BasicAuth(); ok && user != "" {
		return user, nil
	}
	scheme, token, _ := strings.Cut(h, " ")
	if strings.EqualFold(scheme, "Bearer") && token != "" {
		return token, nil
	}
	return "", unknownKey
}
