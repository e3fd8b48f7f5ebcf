package history

import (
	"bytes"
	"io"
)

// limited ends a record that is too long, and remembers the text of the last one.
type limited struct {
	r      io.Reader
	left   int    // bytes that the record may still have; set before each
	recent []byte // what was read last
	end    int64  // where recent ends, from the beginning of the text
	keep   int64  // what lies before is not asked for any more
}

// Read implements io.Reader.
func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errLongLine
	}
	n, err := l.r.Read(p)
	l.left -= n
	if drop := len(l.recent) - int(l.end-l.keep); drop > 0 {
		l.recent = l.recent[:copy(l.recent, l.recent[drop:])]
	}
	l.recent = append(l.recent, p[:n]...)
	l.end += int64(n)
	return n, err
}

// text is what stands from one place to another, neither before keep, without the line's end.
func (l *limited) text(from, to int64) string {
	start := l.end - int64(len(l.recent))
	return string(bytes.TrimRight(l.recent[from-start:to-start], "\r\n"))
}
