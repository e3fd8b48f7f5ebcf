package window

import (
	"fmt"
	"time"
)

// Spec describes windows that are aligned to 1970-01-01T00:00:00Z.
type Spec struct {
	Size time.Duration // length of a window
	Step time.Duration // distance between the starts of neighbouring windows; equals Size for tumbling windows
}

// Tumbling gives windows of one size that touch and never overlap.
func Tumbling(size time.Duration) Spec { return Spec{Size: size, Step: size} }

// Sliding gives windows of one size that start every step; an event belongs to size/step of them.
func Sliding(size, step time.Duration) Spec { return Spec{Size: size, Step: step} }

// Check refuses windows that do not tile time.
func (s Spec) Check() error {
	switch {
	case s.Size <= 0 || s.Step <= 0:
		return fmt.Errorf("window size %v and step %v must be positive", s.Size, s.Step)
	case s.Size%time.Second != 0 || s.Step%time.Second != 0:
		return fmt.Errorf("window size %v and step %v must be whole seconds", s.Size, s.Step)
	case s.Size%s.Step != 0:
		return fmt.Errorf("window size %v must be a multiple of its step %v", s.Size, s.Step)
	}
	return nil
}

// SizeMS is the size in milliseconds.
func (s Spec) SizeMS() int64 { return s.Size.Milliseconds() }

// StepMS is the step in milliseconds.
func (s Spec) StepMS() int64 { return s.Step.Milliseconds() }

// Last returns the start of the latest window that holds ts. The others, if any, start one step earlier each, while
// they still end after ts.
func (s Spec) Last(ts int64) int64 { return Floor(ts, s.StepMS()) }

// Floor rounds ts down to a multiple of step, also below zero.
func Floor(ts, step int64) int64 {
	r := ts % step
	if r < 0 {
		r += step
	}
	return ts - r
}
