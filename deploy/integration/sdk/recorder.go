package sdk

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"sync"
)

// Request is one HTTP request as a collector would see it.
type Request struct {
	Method string `json:"method"`
	Path   string `json:"path"` // with the query
	// Header has the first value of each header, without Host and Content-Length.
	Header map[string]string `json:"header"`
	// Body is the JSON text, decompressed where Content-Encoding says gzip; null for a GET.
	Body json.RawMessage `json:"body"`
	// Answered is the status that was sent back.
	Answered int `json:"answered"`
}

// Recorder is a collector that keeps what it is sent and says that all is well, in the words of every API that asks for
// some. Use it as an http.Handler.
type Recorder struct {
	mu       sync.Mutex
	requests []Request
}

// Requests returns what has arrived so far, in order.
func (r *Recorder) Requests() []Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Request(nil), r.requests...)
}

// ServeHTTP implements http.Handler.
func (r *Recorder) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := readBody(req)
	if err == nil && req.Method != http.MethodGet && !json.Valid(body) {
		http.Error(w, "not JSON", http.StatusBadRequest)
		return
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	header := make(map[string]string, len(req.Header))
	for name := range req.Header {
		header[name] = req.Header.Get(name)
	}
	delete(header, "Content-Length")
	if len(body) == 0 {
		body = []byte("null")
	}
	r.mu.Lock()
	r.requests = append(r.requests, Request{
		Method: req.Method, Path: req.URL.RequestURI(), Header: header, Body: body, Answered: http.StatusOK,
	})
	r.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"success":true,"code":200}`)
}

func readBody(req *http.Request) ([]byte, error) {
	raw, err := io.ReadAll(req.Body)
	if err != nil || req.Header.Get("Content-Encoding") != "gzip" {
		return raw, err
	}
	reader, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(reader)
}
