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

// speaker is who sends a request, and by which key: the one that stands outside of the events, else the first of an event
// that may send.
func (c *Collector) speaker(a *api, key string, events [][]byte) (string, sender, *refusal) {
	who, no := c.sender(key, a.dialect)
	if key != "" || a.eventKey == nil {
		return key, who, no
	}
	rd := c.readers.Get().(*reader)
	defer c.readers.Put(rd)
	for _, raw := range events {
		own := a.keyOf(rd, raw)
		if own == "" {
			continue
		}
		if who, no = c.sender(own, a.dialect); no == nil {
			return own, who, nil
		}
	}
	return "", sender{}, no
}

// keyOf is the key that an event carries itself, whatever else is wrong with it.
func (a *api) keyOf(rd *reader, raw []byte) string {
	if a.eventKey == nil {
		return ""
	}
	unknown := rd.unknown // the event is read again, and counted then
	rd.reset(raw)
	key := a.eventKey(rd)
	rd.unknown = unknown
	return key
}

// nobody is whose a key is that no shop has.
var nobody = sender{shop: &schemas.Shop{}}

// owner is whose event it is: the sender's, unless the event carries a key of another shop, or one that may not send. Such an
// event is never the sender's, neither now nor when its letter is replayed. Where the sender's key stands outside of the
// events, what is no key is an app id.
func (in *intake) owner(rd *reader, a *api, raw []byte) (sender, *fault) {
	key := a.keyOf(rd, raw)
	if key == "" || key == in.key {
		return in.sender, nil
	}
	shop, k, known := in.c.cfg.Shops().ByKey(key)
	switch {
	case known && shop.ID == in.sender.shop.ID, !known && !in.keyed:
		return in.sender, nil
	case known && k.Allows(a.dialect):
		return sender{shop: shop, secret: k.Kind == schemas.KeySecret}, &fault{KindInvalid, "event with another shop's key"}
	}
	return nobody, &fault{KindInvalid, "event with a key that may not send"}
}
