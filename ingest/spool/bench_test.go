package spool

import "testing"

// BenchmarkAppend: requests of 2,000 bytes by many at once, on the disk of the machine; one fsync serves all that wait.
func BenchmarkAppend(b *testing.B) {
	q := open(b, Config{})
	entry := make([]byte, 2000)
	b.SetBytes(int64(len(entry)))
	b.SetParallelism(64)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := q.Append(entry); err != nil {
				b.Error(err)
			}
		}
	})
}
