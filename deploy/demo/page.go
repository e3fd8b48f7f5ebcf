package demo

import (
	_ "embed"
	"encoding/json"
	"net/http"
)

//go:embed page.html
var pageHTML []byte

// addPage puts the live page on the mux: the page itself, and the figures that it polls. The browser sends no queries.
func addPage(mux *http.ServeMux, newest func() snapshot) {
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		_, _ = w.Write(pageHTML)
	})
	mux.HandleFunc("GET /live.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		_ = json.NewEncoder(w).Encode(newest())
	})
}
