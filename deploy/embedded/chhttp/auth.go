package chhttp

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
)

// User is one account of the HTTP interface. The engine has a single user of its own; what an account may do is set as
// session settings.
type User struct {
	Password string            `json:"password"`           // empty: only for servers on loopback
	ReadOnly bool              `json:"readonly,omitempty"` // no INSERT, DDL, or functions that reach files and networks; see checkReadOnly
	Settings map[string]string `json:"settings,omitempty"` // such as max_execution_time; the URL cannot override them, nor a SETTINGS clause if ReadOnly
}

// authenticate finds the request's user by basic auth, ClickHouse's headers, or URL parameters, in this order.
func (s *Server) authenticate(r *http.Request) (User, error) {
	name, password, ok := r.BasicAuth()
	q := r.URL.Query()
	switch {
	case ok:
	case r.Header.Get("X-ClickHouse-User") != "":
		name, password = r.Header.Get("X-ClickHouse-User"), r.Header.Get("X-ClickHouse-Key")
	case q.Get("user") != "":
		name, password = q.Get("user"), q.Get("password")
	default:
		name = "default"
	}
	user, known := s.cfg.Users[name]
	want, got := sha256.Sum256([]byte(user.Password)), sha256.Sum256([]byte(password))
	if subtle.ConstantTimeCompare(want[:], got[:]) != 1 || !known {
		return User{}, newException(516, "AUTHENTICATION_FAILED", "Authentication failed: password is incorrect, or there is no user with such name")
	}
	return user, nil
}

// refuseBrowser turns away what a web page opened on this machine could send: a form or script of another site, or a
// host name made to point to loopback. Accounts without a password make this necessary.
func refuseBrowser(r *http.Request) error {
	if site := r.Header.Get("Sec-Fetch-Site"); r.Header.Get("Origin") != "" || site == "cross-site" || site == "same-site" {
		return newException(497, "ACCESS_DENIED", "requests from web pages (Origin or Sec-Fetch-Site header) are not allowed")
	}
	local, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	if !ok || !local.IP.IsLoopback() {
		return nil
	}
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	if _, err := netip.ParseAddr(host); err != nil && host != "localhost" {
		return newException(497, "ACCESS_DENIED", "use localhost or an IP address in the URL: the Host header names another host")
	}
	return nil
}
