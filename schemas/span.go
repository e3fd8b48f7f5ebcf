package schemas

// Span is an unbroken stretch of one partition's log, cut at points that depend on nothing but the log.
type Span struct {
	Family    string `json:"family"`
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
	Part      uint64 `json:"part,string"` // topic id and partition; text, since many readers of JSON have no 64 bits

	First int64 `json:"first"` // offset of the first record
	Next  int64 `json:"next"`  // offset after the last one; 0 while the span is open

	// What its records are; together they are all records that the log holds there.
	Events     int64 `json:"events"`     // rows, copies included
	Duplicates int64 `json:"duplicates"` // rows that are marked as copies
	Heartbeats int64 `json:"heartbeats"`
	Dead       int64 `json:"dead"` // records that cannot be read: land puts them to the dead letters

	M          Millis `json:"m"`           // highest event time in the partition up to the span's end
	AppendFrom Millis `json:"append_from"` // append time of its first record
	AppendTo   Millis `json:"append_to"`   // append time of its last record
	Waiting    Millis `json:"-"`           // append time of its first event while the span is open; 0 where it has none
}
