package ingest

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"

	"tidemark/ingest/snippet"
)

// script is the browser snippet, packed once. It is empty in a binary that was built without it, which collects all the same.
type script struct {
	plain, packed []byte
	tag           string // changes with the text
}

func loadScript() (script, error) {
	text, err := snippet.Script()
	if errors.Is(err, snippet.ErrNotBuilt) {
		return script{}, nil
	}
	if err != nil {
		return script{}, err
	}
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return script{}, err
	}
	if _, err := w.Write(text); err != nil {
		return script{}, err
	}
	if err := w.Close(); err != nil {
		return script{}, err
	}
	sum := sha256.Sum256(text)
	return script{plain: text, packed: packed.Bytes(), tag: fmt.Sprintf(`W/"%x"`, sum[:12])}, nil
}

// serveScript answers GET and HEAD /t.js, with the allow header for listed origins: a page that loads the script with `crossorigin`
// learns by it that answers to its events can be read.
func (c *Collector) serveScript(w http.ResponseWriter, r *http.Request, id string) (status int) {
	no := c.admit(r, r.Method) // the route takes no others
	if no == nil && c.script.plain == nil {
		no = refuse(http.StatusNotFound, "snippet_not_built")
	}
	if no != nil {
		no.write(w, dialectScript, id)
		return no.status
	}
	h := w.Header()
	h.Add("Vary", "Accept-Encoding")
	h.Add("Vary", "Origin")
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("Cache-Control", "public, max-age=3600")
	h.Set("ETag", c.script.tag)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin") // any shop's page may load it
	if origin := r.Header.Get("Origin"); c.listed(origin) {
		h.Set("Access-Control-Allow-Origin", origin)
	}
	text := c.script.plain
	if takesGzip(r.Header.Get("Accept-Encoding")) {
		h.Set("Content-Encoding", "gzip")
		text = c.script.packed
	}
	told := statusWriter{w, http.StatusOK}
	http.ServeContent(&told, r, "", time.Time{}, bytes.NewReader(text))
	return told.status
}

// statusWriter notes the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// takesGzip reads an Accept-Encoding header.
func takesGzip(accept string) bool {
	for part := range strings.SplitSeq(accept, ",") {
		name, quality, _ := strings.Cut(part, ";")
		if strings.TrimSpace(name) == "gzip" {
			q, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(quality), "q="), 64)
			return quality == "" || err == nil && q > 0
		}
	}
	return false
}
