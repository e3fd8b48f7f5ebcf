package processors

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"strings"

	"tidemark/schemas"
)

// positionPrefix opens the metadata text of a commit. The digit is the version of what follows.
const positionPrefix = "tm1."

// maxMetadata is Kafka's default limit for the metadata of one committed offset (offset.metadata.max.bytes).
const maxMetadata = 4096

// ErrForeignMetadata says that the metadata of a commit was not written by this program, or not for that offset.
var ErrForeignMetadata = errors.New("commit metadata is not a position")

// EncodePosition writes what does not fit into the committed offset C as commit metadata: L, P, the highest event
// times at both, the metrics' starts and the chains of sessions. The checksum covers C too, so an offset moved by hand is
// noticed. It fails only when the text exceeds Kafka's limit of 4,096 bytes, as 160 new metrics beside maxChains chains can.
func EncodePosition(p Position) (string, error) {
	b := make([]byte, 0, 40+8*len(p.Metrics))
	b = binary.AppendVarint(b, p.L-p.C)
	b = binary.AppendVarint(b, p.P-p.L)
	b = binary.AppendVarint(b, int64(p.MAtL))
	b = binary.AppendVarint(b, int64(p.MAtP-p.MAtL))
	b = binary.AppendUvarint(b, uint64(len(p.Metrics)))
	for _, m := range p.Metrics {
		b = binary.BigEndian.AppendUint32(b, m.Hash)
		b = binary.AppendVarint(b, int64(m.From))
	}
	b = binary.AppendUvarint(b, uint64(len(p.Chains)))
	for _, c := range p.Chains {
		b = binary.BigEndian.AppendUint32(b, c.Sessions)
		b = binary.BigEndian.AppendUint64(b, c.Key)
		b = binary.AppendVarint(b, int64(c.At-p.MAtP))
		b = binary.AppendVarint(b, c.Off-p.L)
	}
	b = binary.BigEndian.AppendUint32(b, positionSum(p.C, b))
	text := positionPrefix + base64.RawURLEncoding.EncodeToString(b)
	if len(text) > maxMetadata {
		return "", fmt.Errorf("position of %d metrics takes %d bytes of commit metadata, Kafka allows %d: split the group's catalogue",
			len(p.Metrics), len(text), maxMetadata)
	}
	return text, nil
}

// DecodePosition reads what EncodePosition wrote, for the committed offset c. Anything else, an empty text included,
// is an error that wraps ErrForeignMetadata.
func DecodePosition(c int64, text string) (Position, error) {
	rest, ours := strings.CutPrefix(text, positionPrefix)
	if !ours {
		return Position{}, fmt.Errorf("%w: no prefix %q", ErrForeignMetadata, positionPrefix)
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(rest)
	if err != nil || len(b) < 4 {
		return Position{}, fmt.Errorf("%w: damaged text", ErrForeignMetadata)
	}
	body, sum := b[:len(b)-4], binary.BigEndian.Uint32(b[len(b)-4:])
	if sum != positionSum(c, body) {
		return Position{}, fmt.Errorf("%w: checksum differs for offset %d", ErrForeignMetadata, c)
	}
	return readPosition(c, body)
}

func readPosition(c int64, body []byte) (Position, error) {
	r := positionReader{rest: body}
	p := Position{C: c}
	p.L = c + r.varint()
	p.P = p.L + r.varint()
	p.MAtL = schemas.Millis(r.varint())
	p.MAtP = p.MAtL + schemas.Millis(r.varint())
	for range r.count() {
		p.Metrics = append(p.Metrics, Start{Hash: r.uint32(), From: schemas.Millis(r.varint())})
	}
	for range r.count() {
		c := Chain{Sessions: r.uint32(), Key: uint64(r.uint32())<<32 | uint64(r.uint32())}
		c.At, c.Off = p.MAtP+schemas.Millis(r.varint()), p.L+r.varint()
		p.Chains = append(p.Chains, c)
	}
	if r.bad || len(r.rest) != 0 {
		return Position{}, fmt.Errorf("%w: damaged fields", ErrForeignMetadata)
	}
	if c < 0 || p.L < c || p.P < p.L {
		return Position{}, fmt.Errorf("%w: offsets out of order (C %d, L %d, P %d)", ErrForeignMetadata, c, p.L, p.P)
	}
	return p, nil
}

func positionSum(c int64, body []byte) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli)
	return crc32.Update(crc32.Checksum(binary.BigEndian.AppendUint64(nil, uint64(c)), table), table, body)
}

// positionReader takes fields off the front; after the first bad one everything reads as zero.
type positionReader struct {
	rest []byte
	bad  bool
}

func (r *positionReader) varint() int64 {
	v, n := binary.Varint(r.rest)
	r.skip(n)
	return v
}

// count reads the length of a list. Each element takes at least five bytes, so a damaged count cannot ask for much memory.
func (r *positionReader) count() int {
	v, n := binary.Uvarint(r.rest)
	r.skip(n)
	if v > uint64(len(r.rest)/5) {
		r.bad = true
		return 0
	}
	return int(v)
}

func (r *positionReader) uint32() uint32 {
	if len(r.rest) < 4 {
		r.bad = true
		return 0
	}
	v := binary.BigEndian.Uint32(r.rest)
	r.skip(4)
	return v
}

func (r *positionReader) skip(n int) {
	if n <= 0 || n > len(r.rest) {
		r.bad, r.rest = true, nil
		return
	}
	r.rest = r.rest[n:]
}
