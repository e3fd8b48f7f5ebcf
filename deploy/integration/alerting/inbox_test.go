//go:build integration

package alerting

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"tidemark/alerts/deliver"
)

// inbox is where everybody's messages end up: the receivers of Alertmanager's configuration and tidemark's own webhook.
type inbox struct {
	*httptest.Server
	secret string

	mu     sync.Mutex
	counts map[string]int // see the two handlers
	prints map[string]map[string]bool
	bad    []string
}

func newInbox(t *testing.T) *inbox {
	t.Helper()
	b := &inbox{secret: "the webhook's secret", counts: map[string]int{}, prints: map[string]map[string]bool{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /tidemark", b.message)
	mux.HandleFunc("POST /{way}/{team}", b.notification)
	b.Server = httptest.NewServer(mux)
	t.Cleanup(b.Close)
	return b
}

// notification counts alerts of an Alertmanager by way, rule, series, tier and status, and keeps their fingerprints.
func (b *inbox) notification(_ http.ResponseWriter, r *http.Request) {
	var m struct {
		Alerts []struct {
			Status      string            `json:"status"`
			Labels      map[string]string `json:"labels"`
			Fingerprint string            `json:"fingerprint"`
		} `json:"alerts"`
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := json.NewDecoder(r.Body).Decode(&m); err != nil || r.Header.Get("Authorization") != "Bearer token" {
		b.bad = append(b.bad, fmt.Sprint("notification: ", err, r.Header.Get("Authorization")))
		return
	}
	for _, a := range m.Alerts {
		key := strings.Join([]string{r.PathValue("way"), a.Labels["rule"], a.Labels["series"], a.Labels["tier"], a.Status}, " ")
		b.counts[key]++
		print := strings.Join([]string{a.Labels["rule"], a.Labels["series"], a.Labels["tier"]}, " ")
		if b.prints[print] == nil {
			b.prints[print] = map[string]bool{}
		}
		b.prints[print][a.Fingerprint] = true
	}
}

// message counts tidemark's own messages by kind and series, and repeats of one apart.
func (b *inbox) message(_ http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var m struct {
		Kind     string `json:"kind"`
		Incident struct {
			Series string `json:"series"`
			Tier   string `json:"tier"`
		} `json:"incident"`
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err == nil {
		err = json.Unmarshal(body, &m)
	}
	if want := deliver.Sign([]byte(b.secret), r.Header.Get(deliver.HeaderTimestamp), body); err != nil || r.Header.Get(deliver.HeaderSignature) != want {
		b.bad = append(b.bad, fmt.Sprint("message: ", err, r.Header))
		return
	}
	b.counts["webhook "+m.Incident.Series+" "+m.Kind+" "+m.Incident.Tier]++
}

// got are the counts so far whose key begins so.
func (b *inbox) got(prefix string) map[string]int {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := maps.Clone(b.counts)
	maps.DeleteFunc(out, func(key string, _ int) bool { return !strings.HasPrefix(key, prefix) })
	return out
}

func (b *inbox) count(key string) int { return b.got("")[key] }

// wait until something has come n times.
func (b *inbox) wait(t *testing.T, key string, n int) {
	t.Helper()
	until(t, fmt.Sprintf("%q has come %d times", key, n), func() (bool, string) {
		return b.count(key) >= n, fmt.Sprint(b.got(""))
	})
}

// check that everything was readable and signed, and that an alert kept its fingerprint.
func (b *inbox) check(t *testing.T) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, bad := range b.bad {
		t.Error(bad)
	}
	for name, prints := range b.prints {
		if len(prints) != 1 {
			t.Errorf("%s came with %d fingerprints", name, len(prints))
		}
	}
}
