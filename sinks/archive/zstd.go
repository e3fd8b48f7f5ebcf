package archive

import (
	"fmt"
	"sync"

	"github.com/apache/arrow/go/v17/parquet/compress"
	"github.com/klauspost/compress/zstd"
)

// oneZstd is the library's codec with one compressor for all pages. The library makes a new one for each page, which costs
// more than everything else: a file has a page per column at least.
type oneZstd struct {
	compress.Codec
	encoder *zstd.Encoder
}

// EncodeLevel compresses a page at the default level; EncodeAll may be called by many at once.
func (c oneZstd) EncodeLevel(dst, src []byte, _ int) []byte { return c.encoder.EncodeAll(src, dst[:0]) }

// fastZstd puts the codec into the library's register, which is the process's own, once.
var fastZstd = sync.OnceValue(func() error {
	codec, err := compress.GetCodec(compress.Codecs.Zstd)
	if err != nil {
		return err
	}
	encoder, err := zstd.NewWriter(nil, zstd.WithZeroFrames(true), zstd.WithEncoderLevel(zstd.SpeedDefault))
	if err != nil {
		return fmt.Errorf("zstd: %w", err)
	}
	compress.RegisterCodec(compress.Codecs.Zstd, oneZstd{codec, encoder})
	return nil
})
