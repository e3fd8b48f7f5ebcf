package demo

import (
	"context"
	"fmt"
	"io"
	"time"
)

// plainEvery is the pause between lines where nobody watches a terminal.
const plainEvery = 10 * time.Second

// liveLine writes the newest snapshot until ctx ends, and then the closing words: on a terminal one line, rewritten each
// second and cut at the margin, else a line every ten seconds.
func liveLine(ctx context.Context, w io.Writer, terminal bool, newest func() snapshot, closing string) error {
	const noWrap, wrap = "\x1b[?7l", "\x1b[?7h"
	every, format := plainEvery, "%s\n"
	if terminal {
		every, format, closing = time.Second, "\r\x1b[K"+noWrap+"%s"+wrap, "\n"+closing
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			_, err := fmt.Fprintln(w, closing)
			return err
		case <-tick.C:
			s := newest()
			if _, err := fmt.Fprintf(w, format, s.line()); err != nil {
				return fmt.Errorf("writing the live line: %w", err)
			}
		}
	}
}
