//go:build integration

package sdk

import (
	"bytes"
	"context"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/parquet/file"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/deploy/integration/rig"
)

// canaries are what the visits say of people and no file may hold: an e-mail address, a phone number (a trait, and the
// user id of one client), a Chinese mobile number typed into a search, an IP address.
func canaries() []string {
	return []string{"canary.visitor@example.com", phone[2:], "13812345678", "198.51.100.77"}
}

// unreadable is an event that becomes a dead letter, with all canaries in it.
const unreadable = `{"batch":[{"type":"track","event":"Order Completed","messageId":"\u0000","userId":"+12025550143",
"context":{"ip":"198.51.100.77","traits":{"email":"canary.visitor@example.com"}},
"properties":{"order_id":"dead-letter-0001","query":"13812345678","text":"canary.visitor@example.com or +12025550143"}}]}`

// area is a part of what the programs leave on the disk, and words that it does hold: they show that the search finds.
type area struct {
	name     string
	pattern  string // of files and folders in the rig's folder
	controls []string
}

func areas() []area {
	return []area{
		{"Kafka", "kafka-*", []string{"MUG-BLUE", "dead-letter-0001"}},
		{"ClickHouse", "engine", []string{"MUG-BLUE"}},
		{"the archive", "archive", []string{"MUG-BLUE"}},
		{"logs", "*.log", []string{`"level":"info"`}},
	}
}

// uncompress lets Kafka and ClickHouse keep what they are given as it is, so that their files can be searched.
func uncompress(ctx context.Context, t *testing.T, r *rig.Rig) {
	client, err := kgo.NewClient(kgo.SeedBrokers(r.Kafka.Brokers()...))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	none := "uncompressed"
	answers, err := kadm.NewClient(client).AlterBrokerConfigs(ctx, []kadm.AlterConfig{{Name: "compression.type", Value: &none}})
	if err != nil {
		t.Fatal(err)
	}
	for _, answer := range answers {
		if answer.Err != nil {
			t.Fatal(answer.Err)
		}
	}
	tables, err := r.ClickHouse.Query(ctx, "SELECT name FROM system.tables WHERE database = 'tidemark' AND engine LIKE '%MergeTree'")
	if err != nil || len(tables) == 0 {
		t.Fatalf("tables %v: %v", tables, err)
	}
	for _, table := range tables {
		if err := r.ClickHouse.Exec(ctx, "ALTER TABLE "+table[0]+" MODIFY SETTING default_compression_codec = 'NONE'"); err != nil {
			t.Fatal(err)
		}
	}
}

// checkNoClearText sends a dead letter too, waits until every area holds what it must, and then looks through every byte
// of all files for the canaries. Snapshots of the processors' state are packed, but made of the records that are searched.
func checkNoClearText(ctx context.Context, t *testing.T, r *rig.Rig, collector *url.URL, key string) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, collector.String()+"/v1/batch", strings.NewReader(unreadable))
	if err != nil {
		t.Fatal(err)
	}
	request.SetBasicAuth(key, "")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	deadline := time.Now().Add(30 * time.Second)
	for _, a := range areas() {
		found := a.search(t, r.Dir)
		for !a.complete(found) && time.Now().Before(deadline) {
			time.Sleep(500 * time.Millisecond)
			found = a.search(t, r.Dir)
		}
		if !a.complete(found) {
			t.Errorf("the search does not even find %q in %s: %v", a.controls, a.name, found)
		}
		for _, canary := range canaries() {
			if found[canary] != 0 {
				t.Errorf("%s holds %s in clear, %d times", a.name, canary, found[canary])
			}
		}
		t.Logf("%s: %v", a.name, found)
	}
}

func (a *area) complete(found map[string]int) bool {
	for _, control := range a.controls {
		if found[control] == 0 {
			return false
		}
	}
	return true
}

// search counts canaries and controls in the bytes of all files, and in the unpacked pages of the archive's. Files may
// come and go meanwhile.
func (a *area) search(t *testing.T, dir string) map[string]int {
	found := make(map[string]int)
	count := func(content []byte) {
		for _, word := range append(canaries(), a.controls...) {
			if n := bytes.Count(content, []byte(word)); n > 0 {
				found[word] += n
			}
		}
	}
	roots, err := filepath.Glob(filepath.Join(dir, a.pattern))
	if err != nil || len(roots) == 0 {
		t.Fatalf("no files of %s: %v", a.name, err)
	}
	for _, root := range roots {
		_ = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() {
				return nil
			}
			content, err := os.ReadFile(path)
			if err != nil {
				return nil
			}
			count(content)
			if filepath.Ext(path) == ".parquet" {
				pages(t, path, content, count)
			}
			return nil
		})
	}
	return found
}

// pages unpacks every page of a Parquet file.
func pages(t *testing.T, path string, content []byte, use func([]byte)) {
	reader, err := file.NewParquetReader(bytes.NewReader(content))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	defer reader.Close()
	for g := range reader.NumRowGroups() {
		group := reader.RowGroup(g)
		for c := range group.NumColumns() {
			column, err := group.GetColumnPageReader(c)
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			for column.Next() {
				use(column.Page().Data())
			}
			if err := column.Err(); err != nil {
				t.Fatalf("%s: %v", path, err)
			}
		}
	}
}
