package fault

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestProxyFailsTheFirstPosts(t *testing.T) {
	tests := []struct {
		name           string
		mode           Mode
		wantSeen       int
		wantLanded     int64
		wantRetryAfter string
		retryAfter     time.Duration
	}{
		{name: "before", mode: Before, wantSeen: 2, wantLanded: 0},
		{name: "after", mode: After, wantSeen: 4, wantLanded: 2},
		{name: "retry after", mode: Before, wantSeen: 2, retryAfter: 3 * time.Second, wantRetryAfter: "3"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			target := &counter{}
			behind := httptest.NewServer(target)
			defer behind.Close()
			base, err := url.Parse(behind.URL)
			if err != nil {
				t.Fatal(err)
			}
			proxy := &Proxy{Target: base, Mode: tt.mode, Count: 2, RetryAfter: tt.retryAfter}
			front := httptest.NewServer(proxy)
			defer front.Close()

			want := []int{http.StatusServiceUnavailable, http.StatusServiceUnavailable, http.StatusOK, http.StatusOK}
			for i, status := range want {
				answer, err := http.Post(front.URL+"/v1/batch", "application/json", strings.NewReader("body"))
				if err != nil {
					t.Fatal(err)
				}
				answer.Body.Close()
				if answer.StatusCode != status {
					t.Errorf("request %d: status %d, want %d", i, answer.StatusCode, status)
				}
				if got := answer.Header.Get("Retry-After"); status != http.StatusOK && got != tt.wantRetryAfter {
					t.Errorf("request %d: Retry-After %q, want %q", i, got, tt.wantRetryAfter)
				}
			}
			if len(target.bodies) != tt.wantSeen || proxy.Hits() != 2 || proxy.Landed() != tt.wantLanded {
				t.Errorf("target saw %d, hits %d, landed %d; want %d, 2, %d",
					len(target.bodies), proxy.Hits(), proxy.Landed(), tt.wantSeen, tt.wantLanded)
			}
			for _, body := range target.bodies {
				if body != "POST /v1/batch body" {
					t.Errorf("target saw %q", body)
				}
			}
		})
	}
}

type counter struct {
	mu     sync.Mutex
	bodies []string
}

func (c *counter) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(err)
	}
	c.bodies = append(c.bodies, r.Method+" "+r.URL.Path+" "+string(body))
}

func TestProxyFailsEveryOther(t *testing.T) {
	target := &counter{}
	behind := httptest.NewServer(target)
	defer behind.Close()
	base, err := url.Parse(behind.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &Proxy{Target: base, Mode: After, Method: http.MethodGet, Count: 2, EveryOther: true}
	front := httptest.NewServer(proxy)
	defer front.Close()
	for i, want := range []int{503, 200, 503, 200, 200} {
		answer, err := http.Get(front.URL + "/i")
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("request %d: status %d, want %d", i+1, answer.StatusCode, want)
		}
	}
	if len(target.bodies) != 5 || proxy.Hits() != 2 || proxy.Landed() != 2 {
		t.Errorf("target saw %d, hits %d, landed %d; want 5, 2, 2", len(target.bodies), proxy.Hits(), proxy.Landed())
	}
}
