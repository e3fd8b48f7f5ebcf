package sinks

import (
	"errors"
	"fmt"
	"io"
	"testing"
)

func TestPermanent(t *testing.T) {
	failed, refused := Failed("insert into a", io.EOF), Refused("insert into b", io.ErrShortWrite)
	cases := []struct {
		err  error
		want bool
	}{
		{nil, false},
		{io.EOF, false},
		{failed, false},
		{refused, true},
		{fmt.Errorf("flush: %w", refused), true},
		{Join(), false},
		{Join(nil, failed, nil), false},
		{Join(failed, refused, nil), true},
		{fmt.Errorf("flush: %w", Join(failed, io.EOF, refused)), true},
	}
	for _, c := range cases {
		if got := Permanent(c.err); got != c.want {
			t.Errorf("%v: permanent %v, want %v", c.err, got, c.want)
		}
	}
	if err := Join(nil, nil); err != nil {
		t.Errorf("nothing joined: %v", err)
	}
	if err := Join(failed, refused); !errors.Is(err, io.EOF) || !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("%v hides a cause", err)
	}
	if got := failed.Error(); got != "insert into a: EOF" {
		t.Errorf("text: %q", got)
	}
}
