package agg

import "math/bits"

// Sum is a sum of 64-bit integers, 128 bits wide in two's complement, so that it never overflows in practice.
type Sum struct {
	Hi int64
	Lo uint64
}

// Add adds one value.
func (s *Sum) Add(v int64) { s.Merge(Sum{Hi: v >> 63, Lo: uint64(v)}) }

// Merge adds another sum.
func (s *Sum) Merge(o Sum) {
	lo, carry := bits.Add64(s.Lo, o.Lo, 0)
	hi, _ := bits.Add64(uint64(s.Hi), uint64(o.Hi), carry)
	s.Hi, s.Lo = int64(hi), lo
}

// Int64 returns the sum and whether it fits.
func (s *Sum) Int64() (int64, bool) { return int64(s.Lo), s.Hi == int64(s.Lo)>>63 }
