// Package wire reads and writes compact binary forms: varints, fixed integers, texts. It is pure and uses the standard
// library only. What it reads may be damaged: reading never panics, and a list can make nobody allocate more than a fixed
// multiple of the bytes that are there.
package wire
