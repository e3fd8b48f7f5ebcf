package preview

import (
	"net"
	"net/http"
	"runtime/debug"
	"strings"
)

// The page runs its own script and style only, and nothing frames it. Charts write style attributes into tooltips.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; " +
	"font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// guard sets what protects the page, refuses names of other hosts, and answers for a handler that panics.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if s.cfg.Loopback && !loopbackName(r.Host) {
			s.refuse(w, http.StatusMisdirectedRequest, "this server answers to localhost and loopback addresses only")
			return
		}
		defer s.recovered(w, r)
		next.ServeHTTP(w, r)
	})
}

// recovered keeps the server up after a panic. One that aborts the connection on purpose goes on.
func (s *Server) recovered(w http.ResponseWriter, r *http.Request) {
	switch p := recover(); p {
	case nil:
	case http.ErrAbortHandler:
		panic(p)
	default:
		s.cfg.Log.Error().Interface("panic", p).Str("path", r.URL.Path).Bytes("stack", debug.Stack()).Msg("preview: a handler panicked")
		s.refuse(w, http.StatusInternalServerError, "internal error")
	}
}

// loopbackName says whether the Host header names this machine.
func loopbackName(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsLoopback()
	}
	return strings.EqualFold(host, "localhost")
}
