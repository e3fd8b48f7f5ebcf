package chhttp

import (
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	chcompress "github.com/ClickHouse/ch-go/compress"
	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"

	"tidemark/deploy/embedded/chdb"
)

// notSettings are the URL parameters that are no engine settings. Sessions are accepted and not kept: statements that
// would need one are refused. Inserts are always synchronous.
const notSettings = " query query_id user password database default_format client_protocol_version compress decompress " +
	"network_compression_method network_zstd_compression_level enable_http_compression http_zlib_compression_level " +
	"session_id session_timeout session_check close_session quota_key stacktrace buffer_size wait_end_of_query " +
	"send_progress_in_http_headers http_headers_progress_interval_ms async_insert wait_for_async_insert "

// prelude is the statement sequence that gives an engine session what the request asks for and the user is bound to.
// Equal preludes share pooled sessions.
func prelude(r *http.Request, q url.Values, user User) ([]string, error) {
	var sets []string
	for _, name := range slices.Sorted(maps.Keys(q)) {
		if strings.Contains(notSettings, " "+name+" ") || strings.HasPrefix(name, "param_") {
			continue
		}
		if strings.IndexFunc(name, func(c rune) bool { return c > 127 || !isWordByte(byte(c)) }) >= 0 || name == "" {
			return nil, newException(115, "UNKNOWN_SETTING", "Unknown setting %q in the URL", name)
		}
		if _, fixed := user.Settings[name]; !fixed && name != "readonly" {
			sets = append(sets, name+"="+literal(q.Get(name)))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(user.Settings)) {
		sets = append(sets, name+"="+literal(user.Settings[name]))
	}
	// What this package relies on stands behind the request's own settings: how a statement reads, and when an insert ends.
	sets = append(sets, "async_insert=0", "implicit_select=0", "dialect='clickhouse'")
	switch { // last: it forbids further settings
	case user.ReadOnly || q.Get("readonly") == "1":
		sets = append(sets, "readonly=1")
	case r.Method == http.MethodGet || q.Get("readonly") == "2":
		sets = append(sets, "readonly=2")
	}
	out := []string{"SET " + strings.Join(sets, ", ")}
	db := q.Get("database")
	if db == "" {
		db = r.Header.Get("X-ClickHouse-Database")
	}
	if db != "" {
		out = append([]string{"USE " + identifier(db)}, out...)
	}
	return out, nil
}

// parameters returns the values of {name:Type} placeholders, which arrive in escaped text form.
func parameters(q url.Values) []chdb.Param {
	var out []chdb.Param
	for _, name := range slices.Sorted(maps.Keys(q)) {
		if bare, ok := strings.CutPrefix(name, "param_"); ok {
			out = append(out, chdb.Param{Name: bare, Value: q.Get(name)})
		}
	}
	return out
}

func literal(v string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(v) + "'"
}

func identifier(v string) string {
	return "`" + strings.NewReplacer(`\`, `\\`, "`", "\\`").Replace(v) + "`"
}

// bodyReader undoes the request's Content-Encoding and, with decompress=1, ClickHouse's block compression.
func bodyReader(r *http.Request, q url.Values) (io.Reader, error) {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		return nil, notServed("multipart requests and external tables")
	}
	body, err := decoded(r.Body, r.Header.Get("Content-Encoding"))
	if err != nil {
		return nil, newException(33, "CANNOT_READ_ALL_DATA", "request body: %v", err)
	}
	if q.Get("decompress") == "1" {
		body = blockReader{chcompress.NewReader(body)}
	}
	return body, nil
}

func decoded(body io.Reader, encoding string) (io.Reader, error) {
	switch strings.ToLower(encoding) {
	case "", "identity":
		return body, nil
	case "gzip", "x-gzip":
		return gzip.NewReader(body)
	case "deflate":
		return zlib.NewReader(body)
	case "br":
		return brotli.NewReader(body), nil
	case "lz4":
		return lz4.NewReader(body), nil
	case "zstd":
		return zstd.NewReader(body, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(64<<20))
	}
	return nil, errors.New("unknown Content-Encoding; use gzip, deflate, br, lz4, zstd or none")
}

// blockReader turns the wrapped end of input of ch-go's reader into io.EOF.
type blockReader struct{ r io.Reader }

func (b blockReader) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	return n, err
}
