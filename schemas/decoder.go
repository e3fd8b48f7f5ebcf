package schemas

// Decoder reads events of one type from JSON. It holds no state of its own: any number of goroutines may use one.
type Decoder[E any] struct {
	layout *layout
}

// NewDecoder builds the field table of E from its json tags; embedded structs are flattened. Fields may be string,
// bool, int64, float64, Millis, Money, []string or a slice of flat structs of these. Any other type is an error.
func NewDecoder[E any]() (*Decoder[E], error) {
	l, err := layoutOf[E]()
	if err != nil {
		return nil, err
	}
	return &Decoder[E]{layout: l}, nil
}

// Decode reads one JSON object into e, whose former content is dropped. Names are compared exactly, unknown ones are
// ignored, null counts as absent. Refused with a DecodeError: anything but one object, names given twice, invalid
// UTF-8, values of a wrong type, nesting deeper than 32. After an error e is zero.
//
// The strings of e point into b and are valid as long as b is unchanged: who keeps one beyond that must clone it.
// Slices of e keep their memory for the next Decode into the same e, which overwrites them.
func (d *Decoder[E]) Decode(b []byte, e *E) error {
	reset(d.layout, e)
	p := space(b, 0)
	if p == len(b) || b[p] != '{' {
		return &DecodeError{Reason: NoObject, At: int64(p)}
	}
	if end, ok := d.layout.scan(b, p, baseOf(e)); ok && space(b, end) == len(b) {
		return nil
	}
	reset(d.layout, e)
	if err := decodeStrict(b, e); err != nil {
		reset(d.layout, e)
		return err
	}
	return nil
}
