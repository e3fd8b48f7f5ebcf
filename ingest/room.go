package ingest

import "github.com/twmb/franz-go/pkg/kgo"

// recordRoom is memory for the records of one request, which Kafka has in the end, or nobody: some pieces cost less than
// three allocations for each.
type recordRoom struct {
	recs  []kgo.Record
	bytes []byte
}

const (
	roomRecords = 64
	roomBytes   = 16 << 10
)

// record copies key and value. about is how many more records of that size are expected, this one included.
func (m *recordRoom) record(topic, key string, value []byte, about int) *kgo.Record {
	about = min(max(about, 1), roomRecords)
	if len(m.recs) == 0 {
		m.recs = make([]kgo.Record, about)
	}
	n := len(key) + len(value)
	if n > cap(m.bytes)-len(m.bytes) {
		m.bytes = make([]byte, 0, max(n, min(n*about, roomBytes)))
	}
	begin := len(m.bytes)
	m.bytes = append(append(m.bytes, key...), value...)
	r, of := &m.recs[0], m.bytes[begin:]
	r.Topic, r.Key, r.Value = topic, of[:len(key):len(key)], of[len(key):n:n]
	m.recs = m.recs[1:]
	return r
}
