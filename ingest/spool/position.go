package spool

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
)

// Position is a place in the spool: the next entry to read.
type Position struct {
	segment uint64
	offset  int64
}

const (
	positionFile = "position"
	positionSize = 20 // segment 8, offset 8, CRC-32C of both 4
)

var errPosition = errors.New("the file is damaged")

// loadPosition reads the stored position; the zero one where none is stored yet.
func loadPosition(dir string) (Position, error) {
	b, err := os.ReadFile(filepath.Join(dir, positionFile))
	if errors.Is(err, fs.ErrNotExist) {
		return Position{}, nil
	}
	if err != nil {
		return Position{}, err
	}
	if len(b) != positionSize || crc32.Checksum(b[:16], castagnoli) != binary.LittleEndian.Uint32(b[16:]) {
		return Position{}, errPosition
	}
	p := Position{binary.LittleEndian.Uint64(b), int64(binary.LittleEndian.Uint64(b[8:]))}
	if p.offset < 0 {
		return Position{}, errPosition
	}
	return p, nil
}

// storePosition replaces the stored position in one step: a crash leaves the old one or the new one.
func (q *Queue) storePosition(p Position) error {
	b := binary.LittleEndian.AppendUint64(nil, p.segment)
	b = binary.LittleEndian.AppendUint64(b, uint64(p.offset))
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
	path := filepath.Join(q.cfg.Dir, positionFile)
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("spool: store the read position: %w", err)
	}
	_, err = f.Write(b)
	err = errors.Join(err, q.sync(f), f.Close())
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err == nil {
		err = q.syncDir()
	}
	if err != nil {
		return fmt.Errorf("spool: store the read position: %w", err)
	}
	return nil
}
