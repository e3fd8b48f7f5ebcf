package wire

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rs/zerolog"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/ingest"
	"tidemark/processors"
	"tidemark/processors/metrics"
	"tidemark/schemas"
)

func TestSchemaNamesEverythingOnce(t *testing.T) {
	s := Schema(metrics.All())
	seen := map[string]bool{}
	for _, table := range s.Tables {
		if seen[table.Name] {
			t.Errorf("table %s twice", table.Name)
		}
		seen[table.Name] = true
	}
	for _, v := range s.Views {
		if seen[v.Name] {
			t.Errorf("view %s twice", v.Name)
		}
		seen[v.Name] = true
	}
	for _, name := range []string{"watermarks", "dirty", "events_clickstream", "v_events_service", "m_page_views", "v_page_views", "v_watermarks"} {
		if !seen[name] {
			t.Errorf("%s is missing", name)
		}
	}
}

func TestGeneratedFilesAreApart(t *testing.T) {
	files, err := Generated(metrics.All())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"docs/metrics.md", "schemas/gen/events.md", "schemas/gen/clickhouse/metrics.sql", "schemas/gen/json/orders.schema.json",
		"dashboards/gen/en/live.json", "dashboards/gen/zh/marketing.json", "alerts/gen/alertmanager/alertmanager.yaml", "docs/runbooks/paid_orders_fall.md"} {
		if len(files[name]) == 0 {
			t.Errorf("%s is missing", name)
		}
	}
	for _, dir := range GeneratedDirs() {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(files)), func(name string) bool { return strings.HasPrefix(name, dir+"/") }) {
			t.Errorf("nothing is generated into %s, where what is not generated is removed", dir)
		}
	}
}

func TestCreateTopics(t *testing.T) {
	cluster, err := kfake.NewCluster()
	if err != nil {
		t.Fatal(err)
	}
	defer cluster.Close()
	client := []kgo.Opt{kgo.SeedBrokers(cluster.ListenAddrs()...)}
	all := 2 + 2*len(schemas.FamilyNames())
	for i, want := range []int{all, all, 0} { // dry, for real, again
		made, err := CreateTopics(t.Context(), client, 3, i == 0)
		if err != nil || len(made) != want {
			t.Fatalf("call %d made %v: %v", i, made, err)
		}
	}
	cl, err := kgo.NewClient(client...)
	if err != nil {
		t.Fatal(err)
	}
	defer cl.Close()
	admin := kadm.NewClient(cl)
	found, err := admin.ListTopics(t.Context())
	if err != nil || len(found[schemas.Orders.Topic()].Partitions) != 3 || len(found[schemas.DeadLetterTopic].Partitions) != 1 {
		t.Errorf("topics %v: %v", found.Names(), err)
	}
	configs, err := admin.DescribeTopicConfigs(t.Context(), schemas.Orders.Topic())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(configs[0].Configs, func(c kadm.Config) bool {
		return c.Key == "message.timestamp.type" && c.MaybeValue() == "LogAppendTime"
	}) {
		t.Errorf("the orders topic is made without LogAppendTime: %+v", configs[0].Configs)
	}
	snapshots, err := admin.DescribeTopicConfigs(t.Context(), schemas.SnapshotTopic)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(snapshots[0].Configs, func(c kadm.Config) bool { return c.Key == "cleanup.policy" && c.MaybeValue() == "compact,delete" }) {
		t.Errorf("the snapshot topic is made without compaction: %+v", snapshots[0].Configs)
	}
}

// produced keeps what a dead letter writer produces.
type produced struct {
	records []*kgo.Record
	err     error
}

func (p *produced) Produce(_ context.Context, recs []*kgo.Record) error {
	p.records = append(p.records, recs...)
	return p.err
}

func TestDeadLetters(t *testing.T) {
	p := &produced{}
	write := DeadLetters(ingest.NewDeadLetters(p), "tidemark-fast")
	dead := []processors.Dead{
		{Offset: 7, Reason: schemas.BadJSON, Value: []byte("{")},
		{Offset: 9, Reason: schemas.NoShop, Value: []byte("{}")},
	}
	if err := write(t.Context(), "tidemark.orders", 2, dead); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"tidemark.orders/2/7", "tidemark.orders/2/9"} {
		if got := string(p.records[i].Key); got != want {
			t.Errorf("letter %d has the key %s, want %s", i, got, want)
		}
	}
	if text := string(p.records[0].Value); !strings.Contains(text, `"unreadable"`) || !strings.Contains(text, "tidemark-fast") {
		t.Errorf("the letter is %s", text)
	}
	if text := string(p.records[1].Value); !strings.Contains(text, `"missing_field"`) {
		t.Errorf("the letter is %s", text)
	}
	p.err = errors.New("kafka is away")
	if err := write(t.Context(), "tidemark.orders", 2, dead); !errors.Is(err, p.err) {
		t.Errorf("a failed write gives %v", err)
	}
}

// The decoder's own refusals, as a task passes them on, get their kinds.
func TestKindsOfDecodeErrors(t *testing.T) {
	d, err := schemas.NewDecoder[schemas.Order]()
	if err != nil {
		t.Fatal(err)
	}
	for record, want := range map[string]ingest.Kind{
		"[]":                    ingest.KindUnreadable,
		`{"order_id":`:          ingest.KindUnreadable,
		strings.Repeat("[", 40): ingest.KindUnreadable,
		`{"total":"ten"}`:       ingest.KindInvalid,
		`{"a":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + "}": ingest.KindUnreadable,
	} {
		var e schemas.Order
		var reason schemas.Reason
		if err := d.Decode([]byte(record), &e); !errors.As(err, &reason) || kindOf(reason) != want {
			t.Errorf("%s: %v is not of kind %s", record, err, want)
		}
	}
}

func TestKinds(t *testing.T) {
	for reason, want := range map[schemas.Reason]ingest.Kind{
		schemas.TooDeep: ingest.KindUnreadable, schemas.UnknownType: ingest.KindUnknownType,
		schemas.NoPartitionKey: ingest.KindMissingField, schemas.LongEventID: ingest.KindBadID, processors.ReasonPanic: ingest.KindInvalid,
	} {
		if got := kindOf(reason); got != want {
			t.Errorf("%s: %s, want %s", reason, got, want)
		}
	}
}

func TestShopsMustBeGoodAtTheStart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shops.yaml")
	if _, err := OpenShops(path, zerolog.Nop()); err == nil {
		t.Error("an absent file was accepted")
	}
	text := "shops: [{id: a, zone: UTC, currency: EUR, market: de, stage: new}]\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	live, err := OpenShops(path, zerolog.Nop())
	if err != nil || len(live.Shops().All()) != 1 {
		t.Fatalf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := live.Run(ctx); err != nil || len(live.Shops().All()) != 1 {
		t.Errorf("after a stop: %v", err)
	}
}
