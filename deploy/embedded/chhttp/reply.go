package chhttp

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	chcompress "github.com/ClickHouse/ch-go/compress"

	"tidemark/deploy/embedded/chdb"
)

const (
	heldBack     = 1 << 20          // bytes kept before the status goes out, so that small results have a true one
	writeTimeout = 60 * time.Second // for a client to take one chunk
	blockSize    = 1 << 20          // bytes per compressed block
	maxInBand    = 16 << 10         // bytes of an error text sent behind rows; clients look no further
)

// reply writes one response: held back at first, then streamed.
type reply struct {
	w     http.ResponseWriter
	held  []byte
	sent  bool               // status and headers are gone
	size  int64              // bytes of output before compression
	block *chcompress.Writer // non-nil: the client asked for compress=1
	tag   string             // marks an in-band exception as ours
}

func newReply(w http.ResponseWriter, q url.Values) *reply {
	p := &reply{w: w, tag: strings.ToLower(rand.Text()[:16])}
	w.Header().Set("X-ClickHouse-Exception-Tag", p.tag)
	if q.Get("compress") == "1" {
		method := chcompress.LZ4
		if strings.EqualFold(q.Get("network_compression_method"), "zstd") {
			method = chcompress.ZSTD
		}
		p.block = chcompress.NewWriter(chcompress.LevelZero, method)
	}
	return p
}

// Write takes output of the engine.
func (p *reply) Write(b []byte) (int, error) {
	p.size += int64(len(b))
	if !p.sent && len(p.held)+len(b) <= heldBack {
		p.held = append(p.held, b...)
		return len(b), nil
	}
	return len(b), p.send(b)
}

// send passes on what is held back and b.
func (p *reply) send(b []byte) error {
	p.sent = true
	if len(p.held) > 0 {
		b = append(p.held, b...)
		p.held = nil
	}
	// A failure to set the deadline means a writer without one (a test recorder).
	_ = http.NewResponseController(p.w).SetWriteDeadline(time.Now().Add(writeTimeout))
	b, err := p.compressed(b)
	if err == nil {
		_, err = p.w.Write(b)
	}
	return err
}

func (p *reply) compressed(b []byte) ([]byte, error) {
	if p.block == nil {
		return b, nil
	}
	var out []byte
	for len(b) > 0 {
		n := min(len(b), blockSize)
		if err := p.block.Compress(b[:n]); err != nil {
			return nil, err
		}
		out, b = append(out, p.block.Data...), b[n:]
	}
	return out, nil
}

// finish ends a response that went well.
func (p *reply) finish(res chdb.Result) error {
	if p.sent {
		return nil
	}
	h := p.w.Header()
	h.Set("X-ClickHouse-Summary", summary(res))
	if p.block == nil || len(p.held) == 0 {
		h.Set("Content-Length", strconv.Itoa(len(p.held)))
	}
	return p.send(nil)
}

// summary is the progress object that clients read written_rows and read_rows from.
func summary(res chdb.Result) string {
	b, err := json.Marshal(map[string]string{
		"read_rows": strconv.FormatUint(res.ReadRows, 10), "read_bytes": strconv.FormatUint(res.ReadBytes, 10),
		"written_rows": strconv.FormatUint(res.WrittenRows, 10), "written_bytes": strconv.FormatUint(res.WrittenBytes, 10),
		"total_rows_to_read": strconv.FormatUint(res.ReadRows, 10), "result_rows": strconv.FormatUint(max(res.Rows, res.WrittenRows), 10),
		"result_bytes": strconv.FormatUint(max(res.Bytes, res.WrittenBytes), 10), "elapsed_ns": strconv.FormatInt(int64(res.Elapsed), 10),
	})
	if err != nil {
		return "{}"
	}
	return string(b)
}

// fail reports an error: as a status while nothing was sent, else behind the rows and by breaking the connection.
func (p *reply) fail(e *exception) {
	if p.sent {
		text := e.text[:min(len(e.text), maxInBand)]
		p.block = nil // clients search the raw bytes
		_ = p.send(fmt.Appendf(nil, "\r\n__exception__\r\n%s\r\n%s\n%d %s\r\n__exception__\r\n", p.tag, text, len(text)+1, p.tag))
		_ = http.NewResponseController(p.w).Flush()
		panic(http.ErrAbortHandler)
	}
	h := p.w.Header()
	h.Set("X-ClickHouse-Exception-Code", strconv.Itoa(e.code))
	h.Set("Content-Type", "text/plain; charset=UTF-8")
	body, err := p.compressed([]byte(e.text + "\n"))
	if err != nil {
		body = nil
	}
	p.sent = true
	h.Set("Content-Length", strconv.Itoa(len(body)))
	p.w.WriteHeader(e.status())
	_, _ = p.w.Write(body) // the client may be gone; nothing is left to do
}
