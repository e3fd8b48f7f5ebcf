package letters

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/schemas"
)

// topic is a dead letter topic of two partitions, and a client that writes to it.
type topic struct {
	t       *testing.T
	cluster *kfake.Cluster
	options []kgo.Opt
	client  *kgo.Client
}

func newTopic(t *testing.T) *topic {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(2, schemas.DeadLetterTopic))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	f := &topic{t: t, cluster: cluster, options: []kgo.Opt{kgo.SeedBrokers(cluster.ListenAddrs()...)}}
	if f.client, err = kgo.NewClient(append(f.options, kgo.RecordPartitioner(kgo.ManualPartitioner()))...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.client.Close)
	return f
}

// write puts a letter into a partition, with n as its key and its time of arrival.
func (f *topic) write(partition int32, n int) {
	f.t.Helper()
	value := fmt.Sprintf(`{"kind":"invalid","source":"segment","received_at":%d,"size":9,"payload":"{\"n\":%d,\"pad\":\"%s\"}"}`, n+1, n, strings.Repeat("x", 1000))
	r := &kgo.Record{Topic: schemas.DeadLetterTopic, Partition: partition, Key: fmt.Appendf(nil, "k%03d", n), Value: []byte(value)}
	if err := f.client.ProduceSync(f.t.Context(), r).FirstErr(); err != nil {
		f.t.Fatal(err)
	}
}

// delete is what retention does.
func (f *topic) delete(partition int32, before int64) {
	f.t.Helper()
	if err := f.cluster.DeleteRecords(schemas.DeadLetterTopic, partition, before); err != nil {
		f.t.Fatal(err)
	}
}

func (f *topic) soon() context.Context {
	ctx, cancel := context.WithTimeout(f.t.Context(), 20*time.Second)
	f.t.Cleanup(cancel)
	return ctx
}

// Of more letters than fit, the payloads are read piece by piece, in the order of their arrival, and no more is ever held.
func TestReadPieceByPiece(t *testing.T) {
	const letters, room = 60, 5000
	f := newTopic(t)
	var want []string
	for n := range letters {
		f.write(int32(n%3%2), n)
		want = append(want, fmt.Sprintf("k%03d", n))
	}
	box, err := read(f.soon(), f.options, Filter{}, room)
	if err != nil {
		t.Fatal(err)
	}
	held := func() (n int) {
		for _, i := range box.Items {
			n += len(i.Payload)
		}
		return n
	}
	if n := held(); n == 0 || n > room {
		t.Errorf("%d bytes held after the first reading", n)
	}
	var got []string
	err = box.Each(f.soon(), func(i *Item) error {
		if n := held(); n > 2*room {
			t.Errorf("%s: %d bytes held", i.Key, n)
		}
		if !strings.Contains(i.Payload, fmt.Sprintf(`"n":%d,`, len(got))) {
			t.Errorf("%s: %.40s", i.Key, i.Payload)
		}
		got = append(got, i.Key)
		return nil
	})
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v %v", err, got)
	}
	if n := held(); n > room {
		t.Errorf("%d bytes held in the end", n)
	}
	var out bytes.Buffer
	if err := box.Lines(f.soon(), &out); err != nil || strings.Count(out.String(), "\n") != letters || strings.Count(out.String(), `"pad"`) != letters {
		t.Errorf("%v\n%.200s", err, &out)
	}
}

// Retention deletes what is about to be read: the reading ends, and so does the one of the payloads.
func TestReadWhileRetentionDeletes(t *testing.T) {
	f := newTopic(t)
	for n := range 10 {
		f.write(int32(n%2), n)
	}
	parts, err := spans(f.soon(), f.options, time.Time{})
	if err != nil || len(parts) != 2 || parts[1] != (span{0, 5}) {
		t.Fatalf("%v %v", parts, err)
	}
	f.delete(1, 5)
	stop := make(chan struct{})
	wrote := make(chan struct{})
	go func() { // the other partition is written to all the while
		defer close(wrote)
		for n := 100; ; n++ {
			select {
			case <-stop:
				return
			case <-time.After(50 * time.Millisecond):
				f.client.ProduceSync(t.Context(), &kgo.Record{Topic: schemas.DeadLetterTopic, Partition: 0, Key: []byte("late"), Value: []byte("{}")})
			}
		}
	}()
	var got []string
	if err := scan(f.soon(), f.options, parts, func(r *kgo.Record) { got = append(got, string(r.Key)) }); err != nil || len(got) != 5 {
		t.Errorf("%v %v", err, got)
	}
	close(stop)
	<-wrote

	box, err := read(f.soon(), f.options, Filter{Keys: []string{"k000", "k002", "k008"}}, 0)
	if err != nil || len(box.Items) != 3 {
		t.Fatalf("%+v %v", box, err)
	}
	f.delete(0, 3)
	got = nil
	err = box.Each(f.soon(), func(i *Item) error { got = append(got, i.Key); return nil })
	if err == nil || !strings.Contains(err.Error(), "deleted 2 letters") || !slices.Equal(got, []string{"k008"}) {
		t.Errorf("%v %v", err, got)
	}
}

// What stands last may be no letter: the end of a transaction, which the client passes over by itself.
func TestReadToAControlRecord(t *testing.T) {
	f := newTopic(t)
	client, err := kgo.NewClient(append(f.options, kgo.TransactionalID("x"))...)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := client.BeginTransaction(); err != nil {
		t.Fatal(err)
	}
	if err := client.ProduceSync(t.Context(), &kgo.Record{Topic: schemas.DeadLetterTopic, Key: []byte("k"), Value: []byte(`{"source":"segment"}`)}).FirstErr(); err != nil {
		t.Fatal(err)
	}
	if err := client.EndTransaction(t.Context(), kgo.TryCommit); err != nil {
		t.Fatal(err)
	}
	ends, err := kadm.NewClient(f.client).ListEndOffsets(t.Context(), schemas.DeadLetterTopic)
	if err != nil {
		t.Fatal(err)
	}
	n := int64(0)
	ends.Each(func(o kadm.ListedOffset) { n += o.Offset })
	box, err := Read(f.soon(), f.options, Filter{})
	if err != nil || len(box.Items) != 1 || box.Records != 1 || n != 2 {
		t.Errorf("%+v %v, end %d", box, err, n)
	}
}
