package deliver

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
)

// Sign is the signature of a webhook: "v1=" and the hexadecimal HMAC-SHA256, under the shared secret, of the timestamp
// header, a dot, and the body. A receiver computes the same, compares in constant time, and refuses old timestamps.
func Sign(secret []byte, timestamp string, body []byte) string {
	h := hmac.New(sha256.New, secret)
	// Writing to a hash never fails.
	_, _ = h.Write([]byte(timestamp + "."))
	_, _ = h.Write(body)
	return "v1=" + hex.EncodeToString(h.Sum(nil))
}
