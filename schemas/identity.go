package schemas

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"
)

// minIdentityKey is the least length of a key, in bytes: that of the hash (RFC 2104, part 3).
const minIdentityKey = 32

// IdentityKey makes pseudonyms of people's direct identifiers (e-mail addresses, phone numbers) for events from a day on,
// until the next key's. A key that nobody has makes a pseudonym nobody's: there are so few phone numbers that a hash
// without key is one look into a table. Rotated at a day's beginning, a day's people are still counted once; figures over
// more days (retention, repeat purchases, RFM) take them for new people from there on.
type IdentityKey struct {
	Epoch int    `yaml:"epoch"` // stands in the pseudonym; 1 or more
	From  string `yaml:"from"`  // first day in the shop's own zone, such as 2026-01-01
	Key   Secret `yaml:"key"`   // base64 of 32 bytes or more

	secret []byte
}

// Pseudonym stands for a direct identifier of a person of the shop: p, the epoch, and half of the HMAC-SHA256 in hex. at
// is when the event happened; the first key is also for events before its day. It is false where there is no key.
func (s *Shop) Pseudonym(at Millis, identifier string) (string, bool) {
	if len(s.identity) == 0 {
		return "", false
	}
	key := &s.identity[0]
	if len(s.identity) > 1 {
		day := at.Time().In(s.Location).Format(time.DateOnly)
		for i := range s.identity {
			if s.identity[i].From <= day {
				key = &s.identity[i]
			}
		}
	}
	mac := hmac.New(sha256.New, key.secret)
	for _, part := range []string{s.ID, identifier} { // each with its length, so that no two run together
		var n [4]byte
		binary.BigEndian.PutUint32(n[:], uint32(len(part)))
		mac.Write(n[:])
		mac.Write([]byte(part))
	}
	return "p" + strconv.Itoa(key.Epoch) + "-" + hex.EncodeToString(mac.Sum(nil)[:16]), true
}

// checkIdentity checks the keys and gives them to the shops.
func checkIdentity(path string, keys []IdentityKey, shops []*Shop) (errs []error) {
	wrong := func(i int, format string, args ...any) {
		errs = append(errs, fmt.Errorf("%s: identity_keys[%d]: %s", path, i, fmt.Sprintf(format, args...)))
	}
	epochs := map[int]bool{}
	for i := range keys {
		k := &keys[i]
		if k.Epoch < 1 || epochs[k.Epoch] {
			wrong(i, "epoch is %d; number the keys from 1, each with a number of its own", k.Epoch)
		}
		epochs[k.Epoch] = true
		if _, err := time.Parse(time.DateOnly, k.From); err != nil {
			wrong(i, "from is %q, which is no day; write one such as 2026-01-01", k.From)
		}
		if i > 0 && k.From <= keys[i-1].From {
			wrong(i, "from is not after the day of the key before; add new keys at the end, in the order of their days")
		}
		secret, err := base64.StdEncoding.DecodeString(string(k.Key))
		if err != nil || len(secret) < minIdentityKey {
			wrong(i, "key must be %d bytes or more in base64; make one with: openssl rand -base64 %d", minIdentityKey, minIdentityKey)
		}
		k.secret = secret
	}
	for _, s := range shops {
		if s != nil {
			s.identity = keys
		}
	}
	return errs
}
