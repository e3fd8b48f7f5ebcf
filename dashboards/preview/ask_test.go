package preview

import (
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"
)

func parsedBoard(t *testing.T) *board {
	t.Helper()
	b, err := parseBoard("en/test.json", []byte(testBoard))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestParseAsk(t *testing.T) {
	b := parsedBoard(t)
	a, err := parseAsk(b, url.Values{}, noon, time.UTC)
	if err != nil || a.To.Sub(a.From) != 6*time.Hour || a.zone != time.UTC || len(a.values) != 0 {
		t.Errorf("the board's own range: %+v %v", a, err)
	}
	a, err = parseAsk(b, url.Values{
		"from": {"now/d"}, "to": {"now"}, "tz": {"Asia/Shanghai"}, "width": {"1200"},
		"var-channel": {"web", "app", "web"}, "var-device": {"phone"}, "var-unknown": {"x"},
	}, noon, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	if from := a.From.UTC().Format(time.RFC3339); from != "2025-01-14T16:00:00Z" || a.width != 1200 || a.zone.String() != "Asia/Shanghai" {
		t.Errorf("%+v", a)
	}
	if want := (url.Values{"channel": {"app", "web"}, "device": {"phone"}}); !reflect.DeepEqual(a.values, want) {
		t.Errorf("%v", a.values)
	}
	b.zone = zone(t, "Europe/Berlin")
	if a, err = parseAsk(b, url.Values{"tz": {"Asia/Shanghai"}}, noon, time.UTC); err != nil || a.zone != b.zone {
		t.Errorf("the board's zone comes first: %v %v", a.zone, err)
	}
}

func TestParseAskRefuses(t *testing.T) {
	many := make([]string, mostValues+1)
	for i := range many {
		many[i] = strings.Repeat("x", i%100) + time.Duration(i).String()
	}
	for _, c := range []struct {
		q    url.Values
		want string
	}{
		{url.Values{"from": {"x"}}, "from: "},
		{url.Values{"tz": {"Mars/Base"}}, "tz: "},
		{url.Values{"tz": {"../../etc/passwd"}}, "tz: "},
		{url.Values{"width": {"0"}}, "width: "},
		{url.Values{"width": {"many"}}, "width: "},
		{url.Values{"width": {"99999"}}, "width: "},
		{url.Values{"var-shop": {"a", "b"}}, "var-shop: only one"},
		{url.Values{"var-shop": {"$__all"}}, "var-shop: all"},
		{url.Values{"var-channel": {"$__all", "app"}}, "var-channel: all"},
		{url.Values{"var-channel": {strings.Repeat("x", longestValue+1)}}, "var-channel: a value"},
		{url.Values{"var-channel": {"a\nb"}}, "var-channel: a value"},
		{url.Values{"var-channel": {"\xff"}}, "var-channel: a value"},
		{url.Values{"var-channel": many}, "var-channel: 201 values"},
		{url.Values{"var-device": {"fridge' OR 1=1"}}, "var-device: "},
	} {
		if _, err := parseAsk(parsedBoard(t), c.q, noon, time.UTC); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want %q", c.q, err, c.want)
		}
	}
}
