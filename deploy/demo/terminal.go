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
// second and cut at the margin, else a line every ten seconds. News are lines that stay, with the time before them.
func liveLine(ctx context.Context, w io.Writer, terminal bool, newest func() snapshot, news <-chan string, closing string) error {
	const clear, noWrap, wrap = "\r\x1b[K", "\x1b[?7l", "\x1b[?7h"
	every, format, newsFormat := plainEvery, "%s\n", "%s  %s\n"
	if terminal {
		every, format, newsFormat, closing = time.Second, clear+noWrap+"%s"+wrap, clear+newsFormat, "\n"+closing
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			_, err := fmt.Fprintln(w, closing)
			return err
		case text := <-news:
			if _, err := fmt.Fprintf(w, newsFormat, time.Now().Format(time.TimeOnly), text); err != nil {
				return fmt.Errorf("writing the news: %w", err)
			}
		case <-tick.C:
			s := newest()
			if _, err := fmt.Fprintf(w, format, s.line()); err != nil {
				return fmt.Errorf("writing the live line: %w", err)
			}
		}
	}
}
