package webhook

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tidemark/schemas"
)

// signed makes a request signed as the provider documents it, by code apart from the code under test.
func signed(name, secret, body string) *Request {
	r := &Request{Header: http.Header{}, Body: []byte(body), Shop: "alpha", Received: now}
	mac := hmacSHA256(secret, []byte(body))
	switch name {
	case "shopify":
		r.Header.Set("X-Shopify-Hmac-SHA256", base64.StdEncoding.EncodeToString(mac))
	case "woocommerce":
		r.Header.Set("X-WC-Webhook-Signature", base64.StdEncoding.EncodeToString(mac))
	case "aftership":
		r.Header.Set("aftership-hmac-sha256", base64.StdEncoding.EncodeToString(mac))
	case "easypost":
		r.Header.Set("X-Hmac-Signature", "hmac-sha256-hex="+hex.EncodeToString(mac))
	case "17track":
		r.Header.Set("sign", fmt.Sprintf("%x", sha256.Sum256([]byte(body+"/"+secret))))
	case "stripe":
		r.Header.Set("Stripe-Signature", stripeHeader(now, secret, body))
	case "kuaidi100":
		r.Body = []byte(push(body) + fmt.Sprintf("&sign=%X", md5.Sum([]byte(body+secret))))
	}
	return r
}

func stripeHeader(at schemas.Millis, secrets string, body string) string {
	t := fmt.Sprint(int64(at / 1000))
	out := "t=" + t + ",v0=00"
	for secret := range strings.SplitSeq(secrets, " ") {
		out += ",v1=" + hex.EncodeToString(hmacSHA256(secret, []byte(t+"."+body)))
	}
	return out
}

// signatureHeader names where a provider's signature stands; empty where it stands in the body.
var signatureHeader = map[string]string{"shopify": "X-Shopify-Hmac-SHA256", "woocommerce": "X-WC-Webhook-Signature", "aftership": "aftership-hmac-sha256",
	"easypost": "X-Hmac-Signature", "17track": "sign", "stripe": "Stripe-Signature", "kuaidi100": ""}

func TestSignatures(t *testing.T) {
	const secret, other, body = "secret-0123456789", "secret-9876543210", `{"a":1}`
	for name, header := range signatureHeader {
		p := provider(t, name)
		ask := func(what string, want bool, r *Request, secrets ...schemas.Secret) {
			t.Helper()
			if p.Signed(r, secrets) != want {
				t.Errorf("%s, %s: %v", name, what, !want)
			}
		}
		ask("right", true, signed(name, secret, body), secret)
		ask("old one of two", true, signed(name, secret, body), other, secret)
		ask("new one of two", true, signed(name, other, body), other, secret)
		ask("revoked", false, signed(name, secret, body), other)
		ask("no secret known", false, signed(name, secret, body))
		ask("empty secret known to the sender", false, signed(name, "", body), secret)
		ask("the stand-in for no secret", false, signed(name, "nobody's", body))
		ask("not signed", false, &Request{Header: http.Header{}, Body: []byte(body), Received: now}, secret)
		flipped := signed(name, secret, body)
		flipped.Body[9%len(flipped.Body)] ^= 1
		flipped.Body[3] ^= 1
		ask("flipped bit", false, flipped, secret)
		if header == "" {
			again := signed(name, secret, body)
			again.Body = []byte(strings.Replace(string(again.Body), "1%7D", "+1%7D", 1))
			ask("written anew", false, again, secret)
			lower := signed(name, secret, body)
			before, sign, _ := strings.Cut(string(lower.Body), "&sign=")
			lower.Body = []byte(before + "&sign=" + strings.ToLower(sign))
			ask("small letters", true, lower, secret)
			continue
		}
		again := signed(name, secret, body)
		again.Body = []byte(`{"a": 1}`)
		ask("written anew", false, again, secret)
		right := signed(name, secret, body).Header.Get(header)
		for what, value := range map[string]string{"empty": "", "cut": right[:len(right)-2], "longer": right + "00", "blank": " ", "no code": "%%%", "prefix only": "hmac-sha256-hex=",
			"plain hex": hex.EncodeToString(hmacSHA256(secret, []byte(body))), "url base64": base64.RawURLEncoding.EncodeToString(hmacSHA256(secret, []byte(body)))} {
			if name == "17track" && what == "plain hex" {
				continue
			}
			r := signed(name, secret, body)
			r.Header.Set(header, value)
			ask(what, false, r, secret)
		}
	}
}

func TestStripeTimes(t *testing.T) {
	const secret, body = "whsec_0123456789", `{}`
	p := provider(t, "stripe")
	for shift, want := range map[schemas.Millis]bool{0: true, -300_000: true, 300_000: true, -301_000: false, 301_000: false} {
		r := signed("stripe", secret, body)
		r.Received = now / 1000 * 1000
		r.Header.Set("Stripe-Signature", stripeHeader(r.Received+shift, secret, body))
		if p.Signed(r, []schemas.Secret{secret}) != want {
			t.Errorf("%v ms: %v", shift, !want)
		}
	}
	for header, want := range map[string]bool{
		stripeHeader(now, "whsec_old "+secret, body):                                           true, // while a secret is rolled, Stripe signs with both
		strings.Replace(stripeHeader(now, secret, body), "t=", "t=0", 1):                       false,
		strings.Replace(stripeHeader(now, secret, body), "v1=", "v0=", 1):                      false,
		strings.TrimPrefix(stripeHeader(now, secret, body), "t="):                              false,
		stripeHeader(now, strings.Repeat("x ", 8)+secret, body):                                false, // beyond the signatures looked at
		"t=" + strings.Repeat("9", 30) + stripeHeader(now, secret, body)[len("t=1795381490"):]: false,
	} {
		r := signed("stripe", secret, body)
		r.Header.Set("Stripe-Signature", header)
		if p.Signed(r, []schemas.Secret{secret}) != want {
			t.Errorf("%.60s: %v", header, !want)
		}
	}
}

// EasyPost signs under the secret's normal form KD.
func TestEasyPostSecretForm(t *testing.T) {
	r := signed("easypost", "se\u0301same-0123456", `{}`)
	if !provider(t, "easypost").Signed(r, []schemas.Secret{"s\u00e9same-0123456"}) {
		t.Error("the composed form of the secret does not fit")
	}
}

// Whatever is wrong with a signature, and whatever shop is asked for, the same number of MACs is made.
func TestSameWork(t *testing.T) {
	for name, header := range signatureHeader {
		p := provider(t, name)
		mac, macs := p.scheme.mac, 0
		p.scheme.mac = func(r *Request, secret string) []byte { macs++; return mac(r, secret) }
		wrong, missing, malformed := signed(name, "another-secret", "{}"), signed(name, "another-secret", "{}"), signed(name, "another-secret", "{}")
		if header != "" {
			missing.Header.Del(header)
			malformed.Header.Set(header, "?")
		} else {
			missing.Body, malformed.Body = []byte(push("{}")), []byte(push("{}")+"&sign=?")
		}
		for what, r := range map[string]*Request{"wrong": wrong, "missing": missing, "malformed": malformed, "right": signed(name, "one-secret", "{}")} {
			macs = 0
			if p.Signed(r, []schemas.Secret{"one-secret", "two-secret"}) != (what == "right") || macs != 2 {
				t.Errorf("%s, %s: %d MACs", name, what, macs)
			}
		}
		macs = 0
		if p.Signed(wrong, nil) || macs != 1 {
			t.Errorf("%s, no secret: %d MACs", name, macs)
		}
	}
}
