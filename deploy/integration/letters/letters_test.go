//go:build integration

package letters

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tidemark/deploy/integration/chaos"
	"tidemark/deploy/integration/rig"
	"tidemark/processors/proctest"
	"tidemark/schemas"
)

// How many events are good from the start, and how many are buried and replayed.
const (
	good   = 40
	buried = 25
)

// TestReplayTwiceCountsOnce buries orders and clicks, mends and replays them, does so again, and counts.
func TestReplayTwiceCountsOnce(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 8*time.Minute)
	defer cancel()
	r, err := rig.Start(ctx, t.TempDir(), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	s := &scene{t: t, rig: r, crew: chaos.NewCrew(r.Dir)}
	defer s.crew.End()
	s.join(ctx)
	load := chaos.Load{Partitions: rig.Partitions}
	out, err := chaos.Run{
		Brokers: r.Kafka.Brokers(), ClickHouse: r.ClickHouse, Crew: s.crew, CatchUp: 3 * time.Minute, Patience: 30 * time.Second, Logf: t.Logf,
		Beat:  func(ctx context.Context) error { return load.Heartbeats(ctx, r.Kafka.Brokers()) },
		Fault: func(context.Context) error { return nil },
		Load: func(ctx context.Context) (chaos.Sent, error) {
			return chaos.Sent{Events: 2 * (good + buried)}, errors.Join(s.send(ctx), s.replay(ctx), s.crew.Leave(ctx, "collect", 30*time.Second))
		},
	}.Do(ctx)
	if err != nil {
		t.Fatal(err)
	}
	copies := 0
	seen := map[string]bool{}
	for _, record := range out.Log {
		id := record.Topic + string(record.Value)
		if seen[id] && !record.Heartbeat {
			copies++
		}
		seen[id] = true
	}
	if copies != 2*buried {
		t.Errorf("%d copies in the log, want %d: the second replay must have sent the same events", copies, 2*buried)
	}
	s.hold(ctx, out.Log, chaos.Metrics(proctest.NoneBroken), chaos.Corrected())
	marks, err := chaos.Correct(ctx, r, s.crew)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("the corrector cleared %d marks", marks)
	s.hold(ctx, out.Log, chaos.Corrected(), chaos.Metrics(proctest.NoneBroken))
	for what, sql := range map[string]string{
		"orders":     "SELECT sum(orders) FROM v_trade",
		"page views": "SELECT sum(views) FROM v_page_views",
	} {
		rows, err := r.ClickHouse.Query(ctx, sql)
		if err != nil || rows[0][0] != fmt.Sprint(good+buried) {
			t.Errorf("%s: %v %v, want %d", what, rows, err, good+buried)
		}
	}
}

type scene struct {
	t    *testing.T
	rig  *rig.Rig
	crew *chaos.Crew
	url  string
}

func (s *scene) join(ctx context.Context) {
	s.t.Helper()
	listen, err1 := rig.FreeAddr()
	admin, err2 := rig.FreeAddr()
	p := s.rig.Programs
	p.Extra = []string{"--flush-every", "1s"}
	err := errors.Join(err1, err2, s.crew.Join("fast", p.Process("fast")), s.crew.Join("slow", p.Process("slow")), s.crew.Join("land", p.Land()),
		s.crew.Join("collect", p.Collect(listen, admin)))
	s.url = "http://" + listen
	if err == nil {
		collect, failed := s.crew.Process("collect")
		err = errors.Join(failed, rig.WaitHTTP(ctx, collect, "http://"+admin+"/readyz"))
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// send posts what is good, of this minute, and what will be buried, of five minutes ago. The bad clicks name no time that can
// be read, the bad orders no currency and no id.
func (s *scene) send(ctx context.Context) error {
	at := time.Now().Add(-5 * time.Minute).UTC().Format(time.RFC3339)
	now := time.Now().UTC().Format(time.RFC3339)
	var clicks, orders bytes.Buffer
	for n := range good {
		fmt.Fprintf(&clicks, `{"event_id":"c%d","type":"page_view","occurred_at":"%s","anonymous_id":"v%d","page":"/"}`+"\n", n, now, n%7)
		fmt.Fprintf(&orders, `{"event_id":"o%d","type":"order_placed","occurred_at":"%s","order_id":"o%d","buyer":"v%d","currency":"EUR","total":"5"}`+"\n", n, now, n, n%7)
	}
	for n := range buried {
		fmt.Fprintf(&clicks, `{"event_id":"b%d","type":"page_view","occurred_at":"MEND","anonymous_id":"v%d","page":"/"}`+"\n", n, n%7)
		fmt.Fprintf(&orders, `{"type":"order_placed","occurred_at":"%s","order_id":"b%d","buyer":"v%d","total":"5"}`+"\n", at, n, n%7)
	}
	return errors.Join(s.post(ctx, schemas.Clickstream.Name, &clicks), s.post(ctx, schemas.Orders.Name, &orders))
}

func (s *scene) post(ctx context.Context, family string, body *bytes.Buffer) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/v1/events?family="+family, body)
	if err != nil {
		return err
	}
	request.SetBasicAuth("sk_chaos_secret_0001", "")
	request.Header.Set("Content-Type", "application/x-ndjson")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusMultiStatus {
		return fmt.Errorf("%s: answered %s, want some lines refused", family, answer.Status)
	}
	return nil
}

// replay mends what was buried and sends it, then once more. Between the two the first must have no effect on the second.
func (s *scene) replay(ctx context.Context) error {
	lines, err := s.run(ctx, "list", "--json")
	if err != nil {
		return err
	}
	if n := strings.Count(lines, "\n"); n != 2*buried {
		return fmt.Errorf("%d letters, want %d", n, 2*buried)
	}
	at := time.Now().Add(-5 * time.Minute).UTC().Format(time.RFC3339)
	lines = strings.NewReplacer("MEND", at, `"total":"5"`, `"total":"5","currency":"EUR"`).Replace(lines)
	file := filepath.Join(s.rig.Dir, "mended.jsonl")
	if err := os.WriteFile(file, []byte(lines), 0o600); err != nil {
		return err
	}
	for _, step := range []struct {
		args []string
		want string
	}{
		{[]string{"--file", file, "--dry-run"}, "50 would be sent, 0 skipped, 0 refused"},
		{[]string{"--file", file}, "50 sent, 0 skipped, 0 refused"},
		{[]string{"--file", file}, "0 sent, 50 skipped, 0 refused"},
		{[]string{"--file", file, "--again"}, "50 sent, 0 skipped, 0 refused"},
	} {
		out, err := s.run(ctx, "replay", step.args...)
		if err != nil || !strings.Contains(out, step.want) {
			return fmt.Errorf("replay %v: %w; want %q:\n%s", step.args, err, step.want, out)
		}
	}
	return nil
}

func (s *scene) run(ctx context.Context, command string, args ...string) (string, error) {
	argv := s.rig.Programs.DeadLetters(command, args...)
	out, err := exec.CommandContext(ctx, argv[0], argv[1:]...).Output()
	return string(out), err
}

func (s *scene) hold(ctx context.Context, log []chaos.Record, oracle chaos.Oracle, controls ...chaos.Oracle) {
	s.t.Helper()
	held, err := chaos.HoldAligned(ctx, s.rig.ClickHouse, log, oracle, controls...)
	if err != nil {
		s.t.Fatalf("check error, not a mismatch: %v", err)
	}
	s.t.Log(held)
	for _, problem := range held.Problems() {
		s.t.Error(problem)
	}
}
