//go:build integration

package sdk

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"tidemark/deploy/integration/fault"
)

const writeKey = "pk_recorded"

// recording is one file of the collector's test data.
type recording struct {
	Client   string    `json:"client"` // package and version
	Requests []Request `json:"requests"`
}

// TestRecordedRequests runs the published clients, loses the first answer to each request of those that try again, and
// compares the shape of what they send with the recordings that the collector's own tests read. TIDEMARK_RECORD=1 writes
// the recordings anew, for use after a client's version is raised.
func TestRecordedRequests(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	all, err := Clients(ctx)
	if err != nil {
		t.Fatal(err)
	}
	requests := make([][]Request, len(all))
	together(t, all, func(i int) (err error) {
		requests[i], err = record(ctx, &all[i])
		return err
	})
	for i, client := range all {
		t.Run(client.Name, func(t *testing.T) {
			got := recording{Client: client.Package + " " + client.Version, Requests: requests[i]}
			checkIDs(t, &client, got.Requests)
			path := filepath.Join("..", "..", "..", "ingest", "testdata", "sdk", client.Name+".json")
			if os.Getenv("TIDEMARK_RECORD") != "" {
				write(t, path, got)
			}
			want := read(t, path)
			if g, w := shapes(t, got.Requests), shapes(t, want.Requests); g != w {
				t.Errorf("the client's requests have changed; record them anew and look at the difference\n got %s\nwant %s", g, w)
			}
		})
	}
}

// together does something for every client at once: most of their time is spent waiting.
func together(t *testing.T, all []Client, do func(i int) error) {
	t.Helper()
	var group sync.WaitGroup
	for i := range all {
		group.Go(func() {
			if err := do(i); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if t.Failed() {
		t.FailNow()
	}
}

// record sends one visit through a proxy that loses answers to a recorder. A request that the proxy failed is kept too,
// because a collector that died after its produce would have seen it.
func record(ctx context.Context, client *Client) ([]Request, error) {
	recorder := &Recorder{}
	behind := httptest.NewServer(recorder)
	defer behind.Close()
	target, err := url.Parse(behind.URL)
	if err != nil {
		return nil, err
	}
	proxy := lossy(client, target)
	front := httptest.NewServer(proxy)
	defer front.Close()
	if err := client.Send(ctx, front.URL, writeKey, Visit{"anon-0001", "user-0001", "order-0001"}); err != nil {
		return nil, err
	}
	requests := recorder.Requests()
	if client.Retries && (proxy.Hits() == 0 || proxy.Landed() != proxy.Hits() || 2*proxy.Hits() != int64(len(requests))) {
		return nil, fmt.Errorf("%s: of %d requests %d were answered 503 and %d of them landed, want half and all",
			client.Name, len(requests), proxy.Hits(), proxy.Landed())
	}
	for i := range requests {
		if client.Retries && i%2 == 0 {
			requests[i].Answered = 503
		}
	}
	return requests, nil
}

// lossy is a proxy that loses the first answer to each request of a client that tries again.
func lossy(client *Client, target *url.URL) *fault.Proxy {
	proxy := &fault.Proxy{Target: target, Mode: fault.After, Method: client.Method, EveryOther: true, RetryAfter: time.Second}
	if client.Retries {
		proxy.Count = 1000
	}
	return proxy
}

// checkIDs holds the client to what exact counting rests on: every event has an id, which a retry keeps, and each id is
// answered 200 once. A slow machine may spread a visit over several batches, so whole requests are not compared.
func checkIDs(t *testing.T, client *Client, requests []Request) {
	lost, answered := make(map[string]int), make(map[string]int)
	for _, request := range requests {
		for _, id := range eventIDs(t, request) {
			if request.Answered == 200 {
				answered[id]++
			} else {
				lost[id]++
			}
		}
	}
	if len(answered) != client.Events {
		t.Errorf("%d ids, want %d", len(answered), client.Events)
	}
	if client.Retries && !maps.Equal(lost, answered) {
		t.Errorf("ids of requests whose answer was lost: %v; of answered ones: %v", lost, answered)
	}
	for id, n := range answered {
		if id == "" || n != 1 {
			t.Errorf("id %q was answered 200 %d times", id, n)
		}
	}
}

// eventIDs finds the ids that a request's events have in any of the APIs.
func eventIDs(t *testing.T, request Request) []string {
	type event struct {
		MessageID string `json:"messageId"` // Segment, RudderStack, Jitsu
		UUID      string `json:"uuid"`      // PostHog
		EID       string `json:"eid"`       // Snowplow
		InsertID  string `json:"insert_id"` // Amplitude
		ID        string `json:"id"`        // CloudEvents
	}
	var body struct {
		event
		Batch  []event `json:"batch"`
		Data   any     `json:"data"`
		Events []event `json:"events"`
	}
	if err := json.Unmarshal(request.Body, &body); err != nil {
		t.Fatal(err)
	}
	events := append(body.Batch, body.Events...)
	if list, ok := body.Data.([]any); ok {
		for _, item := range list {
			eid, _ := item.(map[string]any)["eid"].(string)
			events = append(events, event{EID: eid})
		}
	}
	if len(events) == 0 {
		events = []event{body.event}
	}
	ids := make([]string, len(events))
	for i, e := range events {
		ids[i] = cmp.Or(e.MessageID, e.UUID, e.EID, e.InsertID, e.ID, request.Header["Ce-Id"], query(t, request).Get("eid"))
	}
	return ids
}

func query(t *testing.T, request Request) url.Values {
	u, err := url.Parse(request.Path)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query()
}

// write puts each request on a line of its own, which keeps the files small and their differences readable.
func write(t *testing.T, path string, value recording) {
	lines := make([]string, len(value.Requests))
	for i, request := range value.Requests {
		var line bytes.Buffer
		enc := json.NewEncoder(&line)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(request); err != nil {
			t.Fatal(err)
		}
		lines[i] = strings.TrimSpace(line.String())
	}
	text := `{"client":"` + value.Client + "\",\"requests\":[\n" + strings.Join(lines, ",\n") + "\n]}\n"
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
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
// collector, then the query's names and the JSON members with their types.
func shapes(t *testing.T, requests []Request) string {
	lines := make(map[string]bool)
	for _, request := range requests {
		path, _, _ := strings.Cut(request.Path, "?")
		words := []string{request.Method, path, strconv.Itoa(request.Answered)}
		for _, name := range []string{"Authorization", "X-Write-Key", "Content-Encoding", "Content-Type", "User-Agent", "X-Retry-Count", "Ce-Specversion"} {
			if value := request.Header[name]; value != "" {
				words = append(words, name+"="+value)
			}
		}
		lines[strings.Join(words, " ")] = true
		for name := range query(t, request) {
			lines["?"+name] = true
		}
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
