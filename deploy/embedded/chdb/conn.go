package chdb

import (
	"errors"
	"runtime"
	"strings"
	"time"
	"unsafe"
)

// Conn is one session of the engine. It is not safe for concurrent use.
type Conn struct {
	lib *Library
	ptr unsafe.Pointer // C: chdb_connection *, a pointer to the handle
}

// Param is a server-side query parameter: Name as in {Name:Type}, Value in ClickHouse's escaped text form.
type Param struct{ Name, Value string }

// Result is what a statement gave: its formatted output and the engine's figures.
type Result struct {
	Data    []byte        // output in the requested format
	Elapsed time.Duration // as measured by the engine
	// Rows and Bytes are the size of the result, Read* what was read from tables, Written* what was inserted.
	Rows, Bytes, ReadRows, ReadBytes, WrittenRows, WrittenBytes uint64
}

// Connect opens a session. args are clickhouse-local options such as --path=DIR; the engine boots with those of
// the first connection. It fails when another process holds the data directory.
func (l *Library) Connect(args ...string) (*Conn, error) {
	argv := make([]*byte, 0, len(args)+2)
	for _, a := range append([]string{"clickhouse"}, args...) {
		argv = append(argv, &append([]byte(a), 0)[0])
	}
	argv = append(argv, nil)
	ptr := l.connect(int32(len(argv)-1), unsafe.Pointer(&argv[0]))
	runtime.KeepAlive(argv)
	if ptr == nil {
		return nil, errors.New("the engine did not start: see its messages on stderr; another process may hold the data directory")
	}
	return &Conn{lib: l, ptr: ptr}, nil
}

// Close ends the session; the last one shuts the engine down and flushes its data.
func (c *Conn) Close() {
	if c.ptr != nil {
		c.lib.closeConn(c.ptr)
		c.ptr = nil
	}
}

// Query runs one statement and returns its output. Large outputs belong into a pipe (INTO OUTFILE): this call
// holds them in memory twice. Errors carry the engine's own text, "Code: N. DB::Exception: ...".
func (c *Conn) Query(text, format string, params ...Param) (Result, error) {
	if c.ptr == nil {
		return Result{}, errors.New("query on a closed engine connection")
	}
	handle := *(*unsafe.Pointer)(c.ptr)
	var res unsafe.Pointer
	if len(params) == 0 {
		res = c.lib.query(handle, pointer(text), uintptr(len(text)), pointer(format), uintptr(len(format)))
	} else {
		p := newParamArrays(params)
		res = c.lib.queryParams(handle, pointer(text), uintptr(len(text)), pointer(format), uintptr(len(format)),
			unsafe.Pointer(&p.names[0]), unsafe.Pointer(&p.nameLens[0]), unsafe.Pointer(&p.values[0]), unsafe.Pointer(&p.valueLens[0]), uintptr(len(params)))
		runtime.KeepAlive(p)
		runtime.KeepAlive(params)
	}
	runtime.KeepAlive(text)
	runtime.KeepAlive(format)
	if res == nil {
		return Result{}, errors.New("the engine gave no result")
	}
	defer c.lib.destroyResult(res)
	return c.lib.result(res)
}

func (l *Library) result(res unsafe.Pointer) (Result, error) {
	if msg := goString(l.resultError(res)); msg != "" {
		return Result{}, errors.New(msg)
	}
	r := Result{
		Elapsed: time.Duration(l.elapsed(res) * float64(time.Second)),
		Rows:    l.rowsRead(res), Bytes: l.bytesRead(res),
		ReadRows: l.scanRows(res), ReadBytes: l.scanBytes(res),
		WrittenRows: l.rowsWritten(res), WrittenBytes: l.bytesWritten(res),
	}
	if buf, n := l.resultBuffer(res), l.resultLength(res); buf != nil && n > 0 {
		r.Data = append([]byte(nil), unsafe.Slice((*byte)(buf), n)...)
	}
	return r, nil
}

// paramArrays is the C layout of the parameters: four parallel arrays.
type paramArrays struct {
	names, values       []unsafe.Pointer
	nameLens, valueLens []uintptr
}

func newParamArrays(params []Param) *paramArrays {
	p := &paramArrays{}
	for _, param := range params {
		p.names = append(p.names, pointer(param.Name))
		p.nameLens = append(p.nameLens, uintptr(len(param.Name)))
		p.values = append(p.values, pointer(param.Value))
		p.valueLens = append(p.valueLens, uintptr(len(param.Value)))
	}
	return p
}

// pointer gives the bytes of s to C, which takes the length separately; an empty string still needs an address.
func pointer(s string) unsafe.Pointer {
	if s == "" {
		return unsafe.Pointer(new(byte))
	}
	return unsafe.Pointer(unsafe.StringData(s))
}

// goString copies a NUL-terminated C string.
func goString(p unsafe.Pointer) string {
	if p == nil {
		return ""
	}
	var b strings.Builder
	for ; *(*byte)(p) != 0; p = unsafe.Add(p, 1) {
		b.WriteByte(*(*byte)(p))
	}
	return b.String()
}
