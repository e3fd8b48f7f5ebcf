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
		{errors.Join(nil, failed, nil), false},
		{errors.Join(failed, refused, nil), true},
		{fmt.Errorf("flush: %w", errors.Join(failed, io.EOF, refused)), true},
		{fmt.Errorf("flush: %w, %w", failed, refused), true},
	}
	for _, c := range cases {
		if got := Permanent(c.err); got != c.want {
			t.Errorf("%v: permanent %v, want %v", c.err, got, c.want)
		}
	}
	if !errors.Is(failed, io.EOF) {
		t.Errorf("%v hides its cause", failed)
	}
	if got := failed.Error(); got != "insert into a: EOF" {
		t.Errorf("text: %q", got)
	}
}
