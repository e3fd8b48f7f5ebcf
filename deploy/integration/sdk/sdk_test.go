//go:build integration

package sdk

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tidemark/deploy/integration/fault"
)

const writeKey = "pk_recorded"

// recording is one file of the collector's test data.
type recording struct {
	Client   string    `json:"client"`
	Scenario string    `json:"scenario"`
	Requests []Request `json:"requests"`
}

// TestRecordedRequests runs the published SDKs and compares the shape of what they send with the recordings that the
// collector's own tests read. TIDEMARK_RECORD=1 writes the recordings anew, for use after an SDK's version is raised.
func TestRecordedRequests(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	node, err := Node(ctx)
	if err != nil {
		t.Fatal(err)
	}
	python, err := Python(ctx)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		file   string
		client *Client
		visit  Visit
		proxy  *fault.Proxy
		want   int
	}{
		{file: "node", client: node, want: 1},
		{file: "node-retry-after-503", client: node, proxy: &fault.Proxy{Mode: fault.After, Count: 2}, want: 3},
		{file: "python", client: python, want: 1},
		{file: "python-gzip", client: python, visit: Visit{Gzip: true}, want: 1},
		{file: "python-retry-after-503", client: python, proxy: &fault.Proxy{Mode: fault.After, Count: 2}, want: 3},
		{file: "python-retry-after-header", client: python, want: 2,
			proxy: &fault.Proxy{Mode: fault.After, Count: 1, RetryAfter: time.Second}},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			got := recording{Client: tt.client.Name, Scenario: tt.file}
			got.Requests = record(ctx, t, tt.client, tt.visit, tt.proxy)
			checkRequests(t, got.Requests, tt.want)
			path := filepath.Join("..", "..", "..", "ingest", "testdata", "sdk", tt.file+".json")
			if os.Getenv("TIDEMARK_RECORD") != "" {
				write(t, path, got)
			}
			want := read(t, path)
			if g, w := shapes(t, got.Requests), shapes(t, want.Requests); g != w {
				t.Errorf("the SDK's requests have changed; record them anew and look at the difference\n got %s\nwant %s", g, w)
			}
		})
	}
}

// record sends one visit through the proxy, if any, to a recorder; a request that the proxy failed is kept too, because
// a collector that died after its produce would have seen it.
func record(ctx context.Context, t *testing.T, client *Client, visit Visit, proxy *fault.Proxy) []Request {
	recorder := &Recorder{}
	behind := httptest.NewServer(recorder)
	defer behind.Close()
	host := behind.URL
	if proxy != nil {
		target, err := url.Parse(behind.URL)
		if err != nil {
			t.Fatal(err)
		}
		proxy.Target = target
		front := httptest.NewServer(proxy)
		defer front.Close()
		host = front.URL
	}
	visit.AnonymousID, visit.UserID, visit.OrderID = "anon-0001", "user-0001", "order-0001"
	ids, err := client.Send(ctx, host, writeKey, visit)
	if err != nil {
		t.Fatal(err)
	}
	requests := recorder.Requests()
	if proxy != nil {
		if proxy.Hits() != proxy.Count || proxy.Landed() != proxy.Count {
			t.Fatalf("the fault hit %d times and %d landed, want %d", proxy.Hits(), proxy.Landed(), proxy.Count)
		}
		for i := range proxy.Count {
			requests[i].Answered = 503
		}
	}
	checkIDs(t, requests, ids)
	return requests
}

// checkIDs holds the SDK to what exact counting rests on: a retry carries the ids of the first attempt, and each id is
// answered 200 once. A slow machine may spread a visit over several batches, so whole requests are not compared.
func checkIDs(t *testing.T, requests []Request, ids []string) {
	answered := make(map[string]int)
	for _, request := range requests {
		for _, id := range messageIDs(t, request) {
			if !slices.Contains(ids, id) {
				t.Errorf("the SDK sent the id %s, which it did not report: a retry must keep its ids", id)
			}
			if request.Answered == 200 {
				answered[id]++
			}
		}
	}
	for _, id := range ids {
		if answered[id] != 1 {
			t.Errorf("%s was answered 200 %d times", id, answered[id])
		}
	}
}

func checkRequests(t *testing.T, requests []Request, want int) {
	if len(requests) < want {
		t.Fatalf("%d requests, want %d or more", len(requests), want)
	}
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte(writeKey+":"))
	for i, request := range requests {
		if request.Path != "/v1/batch" || request.Header["Authorization"] != basic {
			t.Errorf("request %d: %s %s with Authorization %q", i, request.Method, request.Path, request.Header["Authorization"])
		}
	}
}

func messageIDs(t *testing.T, request Request) []string {
	var body struct {
		Batch []struct {
			MessageID string `json:"messageId"`
		} `json:"batch"`
	}
	if err := json.Unmarshal(request.Body, &body); err != nil {
		t.Fatal(err)
	}
	ids := make([]string, len(body.Batch))
	for i, event := range body.Batch {
		ids[i] = event.MessageID
	}
	return ids
}

func write(t *testing.T, path string, value recording) {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(text, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) recording {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; write it with TIDEMARK_RECORD=1", err)
	}
	var value recording
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return value
}

// shapes renders requests without their values, as sorted unique lines: path, status and the headers that matter to a
// collector, then the JSON members with their types.
func shapes(t *testing.T, requests []Request) string {
	lines := make(map[string]bool)
	for _, request := range requests {
		line := fmt.Sprintf("%s %s %d", request.Method, request.Path, request.Answered)
		for _, name := range []string{"Authorization", "Content-Encoding", "Content-Type", "User-Agent", "X-Retry-Count"} {
			line += fmt.Sprintf(" %s=%q", name, request.Header[name])
		}
		lines[line] = true
		var body any
		if err := json.Unmarshal(request.Body, &body); err != nil {
			t.Fatal(err)
		}
		shape(lines, "", body)
	}
	return strings.Join(slices.Sorted(maps.Keys(lines)), "\n")
}

func shape(lines map[string]bool, path string, value any) {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			shape(lines, path+"."+name, member)
		}
	case []any:
		for _, item := range value {
			shape(lines, path+"[]", item)
		}
	default:
		lines[fmt.Sprintf("%s %T", path, value)] = true
	}
}
