package processors

import (
	"encoding/binary"

	"tidemark/processors/window"
	"tidemark/processors/wire"
)

// append writes the open minute. None is closed and nothing has changed: a flush has just settled.
func (l *ledger) append(dst []byte) []byte {
	dst = binary.AppendVarint(l.low.Append(dst), l.from)
	dst = binary.AppendVarint(dst, l.open.Minute)
	dst = binary.AppendVarint(dst, l.open.Last)
	dst = binary.AppendVarint(dst, l.open.Produced)
	for i := range l.open.Accounts {
		for _, n := range l.open.Accounts[i] {
			dst = binary.AppendVarint(dst, n)
		}
	}
	return dst
}

func (l *ledger) read(r *wire.Reader) {
	l.low, l.from = window.ReadLow(r), r.Varint()
	l.open.Minute, l.open.Last, l.open.Produced = r.Varint(), r.Varint(), r.Varint()
	for i := range l.open.Accounts {
		for f := range l.open.Accounts[i] {
			l.open.Accounts[i][f] = r.Varint()
		}
	}
}
