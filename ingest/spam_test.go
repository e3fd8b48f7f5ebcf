package ingest

import (
	"net/http"
	"strings"
	"testing"
)

func TestSpamReferrers(t *testing.T) {
	list, err := ReadSpamReferrers(strings.NewReader("\ufeff# spam\n\nSpam.example\n.buttons.example.\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]bool{
		"spam.example": true, "www.spam.example": true, "https://Spam.example:8080/x": true, "spam.example/x": true, "//spam.example": true, "https://spam.example./": true, "/spam.example": false, "a.buttons.example": true, "nospam.example": false, "example": false, "": false, "buttons.example.org": false,
	} {
		if list.has(host) != want {
			t.Errorf("%q: %v", host, !want)
		}
	}
	if (SpamReferrers)(nil).has("spam.example") {
		t.Error("an empty list has a host")
	}
	for _, bad := range []string{"http://spam.example/", "spam.example other.example", "spam.example,1", "*.spam.example"} {
		if _, err := ReadSpamReferrers(strings.NewReader("ok.example\n" + bad)); err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// What comes from a listed referrer is kept and marked, in the clients' dialects and in tidemark's own.
func TestSpamIsMarked(t *testing.T) {
	f := newFixture(t, func(c *Config) { c.SpamReferrers = SpamReferrers{"spam.example": {}} })
	f.must(http.StatusOK, "/v1/page", publicKey, `{"messageId":"1","anonymousId":"a","properties":{"url":"https://shop.example/","referrer":"https://WWW.spam.example/x"}}`)
	f.must(http.StatusOK, "/v1/page", publicKey, `{"messageId":"2","anonymousId":"b","properties":{"url":"https://shop.example/","referrer":"https://search.example/"}}`)
	f.must(http.StatusOK, "/v1/events", publicKey, `{"event_id":"3","type":"page_view","occurred_at":1795381489894,"anonymous_id":"c","referrer":"spam.example/x"}`)
	var got []bool
	for _, c := range f.clicks() {
		got = append(got, c.Bot)
	}
	if len(got) != 3 || !got[0] || got[1] || !got[2] {
		t.Errorf("marked %v, want the first and the last", got)
	}
}
