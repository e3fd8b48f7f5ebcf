package processors

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"strings"

	"tidemark/processors/wire"
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
// noticed. What points at a snapshot follows with a checksum of its own, and is left out where there is no room. It fails only when the text exceeds Kafka's limit of 4,096 bytes, as 160 new metrics beside maxChains chains can.
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
	if with := text + encodeRef(p.Snapshot, p.C); len(with) <= maxMetadata {
		return with, nil
	}
	return text, nil
}

// DecodePosition reads what EncodePosition wrote, for the committed offset c. Anything else, an empty text included,
// is an error that wraps ErrForeignMetadata.
func DecodePosition(c int64, text string) (Position, error) {
	rest, ours := strings.CutPrefix(text, positionPrefix)
	rest, ref, _ := strings.Cut(rest, refSeparator)
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
	p, err := readPosition(c, body)
	p.Snapshot = decodeRef(ref, c)
	return p, err
}

func readPosition(c int64, body []byte) (Position, error) {
	const leastStart, leastChain = 5, 14 // bytes
	r := wire.NewReader(body)
	p := Position{C: c}
	p.L = c + r.Varint()
	p.P = p.L + r.Varint()
	p.MAtL = schemas.Millis(r.Varint())
	p.MAtP = p.MAtL + schemas.Millis(r.Varint())
	for range r.Count(leastStart) {
		p.Metrics = append(p.Metrics, Start{Hash: r.Uint32(), From: schemas.Millis(r.Varint())})
	}
	for range r.Count(leastChain) {
		c := Chain{Sessions: r.Uint32(), Key: r.Uint64()}
		c.At, c.Off = p.MAtP+schemas.Millis(r.Varint()), p.L+r.Varint()
		p.Chains = append(p.Chains, c)
	}
	if !r.Done() {
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
