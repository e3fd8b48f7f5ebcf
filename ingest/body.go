package ingest

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/klauspost/compress/gzip"
)

// maxDepth is how deep a request's JSON may nest.
const maxDepth = 32

// contentType refuses what the dialect does not speak. An absent header passes: some clients send none.
func contentType(r *http.Request, allowed ...string) *refusal {
	h := r.Header.Get("Content-Type")
	if h == "" {
		return nil
	}
	media, params, err := mime.ParseMediaType(h)
	charset := strings.ToLower(params["charset"])
	if err != nil || !slices.Contains(allowed, media) || charset != "" && charset != "utf-8" {
		return refuse(http.StatusUnsupportedMediaType, "content_type")
	}
	return nil
}

// readBody reads the body into buf, unpacked, and never more than the limit's bytes of it, packed or unpacked. packed says
// that it is gzip whatever its header says. l accounts for what buf holds.
func readBody(r *http.Request, packed bool, buf *bytes.Buffer, l *loan, max limits) *refusal {
	if r.ContentLength > max.body {
		return refuse(max.status, "body_too_large")
	}
	var src io.Reader = &capReader{r: r.Body, left: max.body}
	switch strings.ToLower(r.Header.Get("Content-Encoding")) {
	case "", "identity":
	case "gzip":
		packed = true
	default:
		return refuse(http.StatusUnsupportedMediaType, "content_encoding")
	}
	if packed {
		unpacked, err := gzip.NewReader(src)
		if err != nil {
			return readRefusal(err, max.status, "gzip")
		}
		src = &capReader{r: unpacked, left: max.body}
	}
	if _, err := buf.ReadFrom(&loanReader{r: src, loan: l}); err != nil {
		return readRefusal(err, max.status, "body")
	}
	return nil
}

// loanReader accounts for every byte before the buffer grows further.
type loanReader struct {
	r    io.Reader
	loan *loan
}

// Read implements io.Reader.
func (l *loanReader) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if no := l.loan.add(int64(n)); no != nil {
		return n, no
	}
	return n, err
}

func readRefusal(err error, tooLarge int, code string) *refusal {
	if errors.Is(err, errOverLimit) {
		return refuse(tooLarge, "body_too_large")
	}
	var no *refusal
	if errors.As(err, &no) {
		return no
	}
	return refuse(http.StatusBadRequest, code)
}

var errOverLimit = errors.New("body over the limit")

// capReader fails at the first byte over the limit.
type capReader struct {
	r    io.Reader
	left int64
}

// Read implements io.Reader.
func (c *capReader) Read(p []byte) (int, error) {
	if int64(len(p)) > c.left+1 {
		p = p[:c.left+1]
	}
	n, err := c.r.Read(p)
	if c.left -= int64(n); c.left < 0 {
		return n, errOverLimit
	}
	return n, err
}

// checkText refuses bodies that no decoder should see: empty, not UTF-8, or nested too deep.
func checkText(body []byte) *refusal {
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		return refuse(http.StatusBadRequest, "empty_body")
	case !utf8.Valid(body):
		return refuse(http.StatusBadRequest, "invalid_utf8")
	case deeperThan(body, maxDepth):
		return refuse(http.StatusBadRequest, "nested_too_deep")
	}
	return nil
}

// deeperThan counts brackets outside strings. Broken JSON may give any answer; the decoder refuses it anyway.
func deeperThan(body []byte, limit int) bool {
	depth := 0
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '{', '[':
			if depth++; depth > limit {
				return true
			}
		case '}', ']':
			depth--
		case '"':
			i = stringEnd(body, i)
		}
	}
	return false
}

// stringEnd returns the index of the quote that closes the string opened at i, or the last index.
func stringEnd(body []byte, i int) int {
	for i++; i < len(body); i++ {
		switch body[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(body) - 1
}
