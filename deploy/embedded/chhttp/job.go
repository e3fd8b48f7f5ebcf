package chhttp

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"tidemark/deploy/embedded/chdb"
)

// maxHead bounds the text of an INSERT before its data, maxQuery that of any other statement.
const (
	maxHead  = 256 << 10
	maxQuery = 16 << 20
)

// job is a request ready to run: an insert with its data, or another statement.
type job struct {
	prelude []string
	params  []chdb.Param
	format  string // the client's default output format
	proto   int    // client_protocol_version: the Native revision that the client can read

	insert insertHead
	data   *os.File // insert data, already without a name; nil for other statements

	statement statement
}

// read takes the request in whole, so that a client that leaves half-way has changed nothing.
func (s *Server) read(r *http.Request, user User) (*job, error) {
	q := r.URL.Query()
	pre, err := prelude(r, q, user)
	if err != nil {
		return nil, err
	}
	j := &job{prelude: pre, params: parameters(q), format: q.Get("default_format")}
	j.proto, _ = strconv.Atoi(q.Get("client_protocol_version")) // absent or unreadable: 0, as for old clients
	if j.format == "" {
		j.format = r.Header.Get("X-ClickHouse-Format")
	}
	if j.format == "" {
		j.format = "TabSeparated"
	}
	body, err := bodyReader(r, q)
	if err != nil {
		return nil, err
	}
	buffered := bufio.NewReaderSize(body, maxHead)
	text := q.Get("query")
	head, isInsert := parseInsert(text)
	if !isInsert {
		start, err := buffered.Peek(maxHead)
		if err != nil && err != io.EOF {
			return nil, unreadable(err)
		}
		if text != "" && len(start) > 0 {
			text += "\n"
		}
		head, isInsert = parseInsert(text + string(start))
	}
	if isInsert && user.ReadOnly {
		return nil, newException(164, "READONLY", "Cannot execute INSERT in readonly mode")
	}
	if isInsert {
		j.insert = head
		j.data, err = s.spool(io.MultiReader(strings.NewReader(text), buffered), head.data)
		return j, err
	}
	rest, err := io.ReadAll(io.LimitReader(buffered, maxQuery+1))
	if err != nil {
		return nil, unreadable(err)
	}
	return j, j.parse(text+string(rest), user)
}

// parse fills in a statement other than an INSERT with data.
func (j *job) parse(text string, user User) (err error) {
	if len(text) > maxQuery {
		return syntaxError(fmt.Sprintf("the query is longer than %d bytes", maxQuery))
	}
	if j.statement, err = parseStatement(text); err != nil {
		return err
	}
	if user.ReadOnly {
		if err := j.statement.checkReadOnly(); err != nil {
			return err
		}
	}
	if j.statement.format != "" {
		j.format = j.statement.format
	}
	return nil
}

// spool stores the data behind the first skip bytes in an unlinked file.
func (s *Server) spool(source io.Reader, skip int) (*os.File, error) {
	if _, err := io.CopyN(io.Discard, source, int64(skip)); err != nil {
		return nil, unreadable(err)
	}
	f, err := os.CreateTemp(s.cfg.SpoolDir, "insert-*")
	if err != nil {
		return nil, fmt.Errorf("store insert data: %w", err)
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(fmt.Errorf("store insert data: %w", err), f.Close())
	}
	n, err := io.Copy(f, io.LimitReader(source, s.cfg.MaxBody+1))
	if err != nil {
		return nil, errors.Join(unreadable(err), f.Close())
	}
	if n > s.cfg.MaxBody {
		return nil, errors.Join(newException(307, "TOO_MANY_BYTES", "the insert is larger than %d bytes: split it", s.cfg.MaxBody), f.Close())
	}
	return f, nil
}

func unreadable(err error) *exception {
	return newException(33, "CANNOT_READ_ALL_DATA", "request body: %v", err)
}
