package processors_test

import (
	"context"
	"testing"

	"github.com/rs/zerolog"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/goleak"

	. "tidemark/processors"
)

// Over real sockets: when Run has returned, none of its goroutines is left. (In the other tests synctest sees to that.)
func TestRunLeavesNothingBehind(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(2, testTopic))
	if err != nil {
		t.Fatal(err)
	}
	defer cluster.Close()
	for _, bounded := range []bool{false, true} {
		ctx, cancel := context.WithCancel(context.Background())
		status, assigned := &Status{}, make(chan struct{}, 4)
		done := make(chan error, 1)
		go func() {
			done <- Run(ctx, Config{
				Work: Work{Group: testGroup, Topics: []string{testTopic}, NewTask: func(a Assignment) (Task, error) {
					assigned <- struct{}{}
					return newCountTask(a), nil
				}},
				Sink: newStore(t), Client: []kgo.Opt{kgo.SeedBrokers(cluster.ListenAddrs()...)}, RecordTime: RecordTimeCreate,
				DeadLetters: func(context.Context, string, int32, []Dead) error { return nil },
				Bounded:     bounded, Status: status, Log: zerolog.Nop(),
			})
		}()
		<-assigned
		<-assigned
		if !bounded {
			cancel()
		}
		if err := <-done; err != nil {
			t.Errorf("bounded %v: %v", bounded, err)
		}
		cancel()
		if status.Ready() {
			t.Error("ready after the end")
		}
	}
}
