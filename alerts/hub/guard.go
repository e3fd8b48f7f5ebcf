package hub

import (
	"net"
	"net/http"
	"runtime/debug"
	"strings"
)

// guard refuses names of other hosts where only this machine may ask, since a page elsewhere whose name is made to lead
// here could else read incidents and act on them. It answers for a handler that panics.
func (h *Hub) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h.conf.Loopback && !loopback(r.Host) {
			fail(w, http.StatusMisdirectedRequest, "this server answers to localhost and loopback addresses only")
			return
		}
		defer h.recovered(w, r)
		next.ServeHTTP(w, r)
	})
}

// recovered keeps the hub up after a panic. One that aborts the connection on purpose goes on.
func (h *Hub) recovered(w http.ResponseWriter, r *http.Request) {
	switch p := recover(); p {
	case nil:
	case http.ErrAbortHandler:
		panic(p)
	default:
		h.conf.Log.Error().Interface("panic", p).Str("method", r.Method).Bytes("stack", debug.Stack()).Msg("a handler of the incidents' API panicked")
		fail(w, http.StatusInternalServerError, "internal error")
	}
}

// loopback says whether the Host header names this machine.
func loopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return strings.EqualFold(host, "localhost") || ip.IsLoopback()
}
