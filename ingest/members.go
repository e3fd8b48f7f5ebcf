package ingest

import (
	"reflect"
	"strings"
)

// members are the names that a family's events may have; others are dropped and counted.
type members struct {
	top, item map[string]bool
}

// memberNames reads the json tags of a struct, embedded structs included.
func memberNames(t reflect.Type) map[string]bool {
	out := map[string]bool{}
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
			out[name] = true
		}
	}
	return out
}

// check counts the members that will be dropped, and refuses what the decoded struct no longer shows: too many members,
// and a quantity of 0, which there looks like none.
func (m *members) check(rd *reader, text []byte) *fault {
	rd.reset(text)
	n := 0
	err := rd.object(func(name []byte) error {
		n++
		switch {
		case string(name) == "items" && m.top["items"]:
			return rd.array(func() error {
				return rd.object(func(name []byte) error { return m.member(rd, m.item, name) })
			})
		default:
			return m.member(rd, m.top, name)
		}
	})
	switch {
	case err != nil:
		return &fault{KindUnreadable, "event is not readable"}
	case n > nativeMembers:
		return &fault{KindTooLarge, "more than 200 members"}
	}
	return rd.fault
}

func (m *members) member(rd *reader, known map[string]bool, name []byte) error {
	switch {
	case !known[string(name)]:
		return rd.drop(name)
	case string(name) == "quantity":
		var n int64
		return rd.count("quantity", 1, &n)
	}
	return rd.dec.SkipValue()
}
