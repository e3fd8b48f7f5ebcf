package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"

	"tidemark/schemas"
)

// maxClaims is how many signatures of one request are looked at; a secret that is being exchanged makes two.
const maxClaims = 8

// scheme is how a provider signs.
type scheme struct {
	// claims are the signatures that the request brings, decoded; none where they are missing or malformed.
	claims func(*Request) [][]byte
	// mac is the signature that a secret makes for the request.
	mac func(r *Request, secret string) []byte
	// fresh says whether the signed time is near enough; nil where the provider signs none.
	fresh func(*Request) bool
}

// Signed says whether any of the secrets has signed the request. Each secret costs the same work whether the signature
// is wrong, malformed or missing, and so does no secret at all, which is what an unknown shop has.
func (p *Provider) Signed(r *Request, secrets []schemas.Secret) bool {
	known := len(secrets) > 0
	if !known {
		secrets = []schemas.Secret{"nobody's"}
	}
	claims := p.scheme.claims(r)
	claims = claims[:min(len(claims), maxClaims)]
	if len(claims) == 0 {
		claims = [][]byte{nil}
	}
	signed := false
	for _, secret := range secrets {
		mac := p.scheme.mac(r, string(secret))
		for _, claim := range claims {
			signed = hmac.Equal(mac, claim) || signed
		}
	}
	return known && signed && (p.scheme.fresh == nil || p.scheme.fresh(r))
}

// hmacSHA256 is the MAC that most providers use.
func hmacSHA256(secret string, parts ...[]byte) []byte {
	h := hmac.New(sha256.New, []byte(secret))
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

// base64Header is the scheme of Shopify, WooCommerce and AfterShip: base64 of the HMAC-SHA256 of the body in a header.
func base64Header(header string) scheme {
	return scheme{
		claims: func(r *Request) [][]byte { return base64Claim(r.Header.Get(header)) },
		mac:    func(r *Request, secret string) []byte { return hmacSHA256(secret, r.Body) },
	}
}

func base64Claim(s string) [][]byte {
	sum, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil || s == "" {
		return nil
	}
	return [][]byte{sum}
}

// hexClaim reads hexadecimal digits in either case.
func hexClaim(s string) [][]byte {
	sum, err := hex.DecodeString(s)
	if err != nil || s == "" {
		return nil
	}
	return [][]byte{sum}
}

// header returns a function that reads one header.
func header(name string) func(http.Header) string {
	return func(h http.Header) string { return h.Get(name) }
}
