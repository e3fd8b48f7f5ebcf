package chaos

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/deploy/integration/fault"
	"tidemark/deploy/integration/rig"
)

// senderCells are faults between whoever sends and Kafka: repeats that nobody asked for.
func senderCells() []Cell {
	return []Cell{
		lostAcks("acks-lost", "acknowledgements of Kafka get lost; the producer is idempotent, as ours are", true),
		lostAcks("acks-lost-plain", "acknowledgements of Kafka get lost; the producer is a foreign one that writes again", false),
		{
			Name: "collector-killed", Fault: "the collector gets SIGKILL 4 times; its senders repeat what was not acknowledged", Least: 4,
			Now: true, Ready: collectors(1), Send: post(2), Act: killCollector,
		},
		{
			Name: "collector-answers-lost", Fault: "60 answers of the collector get lost after Kafka has the events; the senders repeat", Least: 60,
			Now: true, Ready: collectors(1), Send: answersLost,
		},
		{
			Name: "collector-retries", Fault: "every batch is sent 1 to 5 times, to either of two collectors", Least: 5000,
			Now: true, Ready: collectors(2), Send: post(5), After: func(_ context.Context, p *Play, log []Record) error {
				p.Hit(repeats(log), "records that repeat an event")
				return nil
			},
		},
		{
			Name: "collector-no-broker", Fault: "the broker gets SIGKILL beneath the collector; the senders repeat until it is back", Least: 2,
			Now: true, Ready: collectors(1), Send: post(2), Act: brokers(2, (*Play).killBroker),
		},
	}
}

// lostAcks puts the load on connections that lose answers. The log shows whether the broker knew the repeats.
func lostAcks(name, words string, idempotent bool) Cell {
	lost := &lossy{every: 200 << 10}
	return Cell{
		Name: name, Fault: words, Least: 3,
		Load: func(l *Load) {
			l.Client = []kgo.Opt{kgo.Dialer(lost.Dial)}
			if !idempotent {
				l.Client = append(l.Client, kgo.DisableIdempotentWrite(), kgo.MaxProduceRequestsInflightPerBroker(4))
			}
		},
		After: func(_ context.Context, p *Play, log []Record) error {
			p.Hit(int(lost.hits.Load()), "answers thrown away")
			written, found := p.sent.Events+p.sent.Duplicates+p.sent.Broken, 0
			for _, r := range log {
				if !r.Heartbeat {
					found++
				}
			}
			more := found - written
			p.Hit(0, "%d records are in the log again for it", more)
			if idempotent != (more == 0) {
				return fmt.Errorf("%d more records in the log than were written: want none of an idempotent producer, and some of another", more)
			}
			return nil
		},
	}
}

// collectors starts some, beside the usual programs.
func collectors(n int) func(context.Context, *Play) error {
	return func(ctx context.Context, p *Play) error {
		for i := range n {
			listen, err := rig.FreeAddr()
			if err != nil {
				return err
			}
			admin, err := rig.FreeAddr()
			if err != nil {
				return err
			}
			name := fmt.Sprintf("collect-%d", i+1)
			if err := p.Crew.Join(name, p.Programs.Collect(listen, admin)); err != nil {
				return err
			}
			process, err := p.Crew.Process(name)
			if err != nil {
				return err
			}
			p.urls = append(p.urls, "http://"+listen)
			if err := rig.WaitHTTP(ctx, process, "http://"+admin+"/readyz"); err != nil {
				return err
			}
		}
		return nil
	}
}

func (p *Play) post(most int, urls []string) Post {
	return Post{
		Seed: p.Load.Seed, Rate: 900, For: 12 * time.Second, Until: p.Load.Until, URLs: urls, Most: most, Ledger: p.Ledger,
	}
}

func post(most int) func(context.Context, *Play) (Sent, error) {
	return func(ctx context.Context, p *Play) (Sent, error) { return p.post(most, p.urls).Run(ctx) }
}

func answersLost(ctx context.Context, p *Play) (Sent, error) {
	target, err := url.Parse(p.urls[0])
	if err != nil {
		return Sent{}, err
	}
	proxy := &fault.Proxy{Target: target, Mode: fault.After, Count: 60}
	server := httptest.NewServer(http.HandlerFunc(proxy.ServeHTTP))
	defer server.Close()
	sent, err := p.post(2, []string{server.URL}).Run(ctx)
	p.Hit(int(proxy.Landed()), "answers thrown away after the collector had answered 2xx")
	return sent, err
}

func killCollector(ctx context.Context, p *Play) error {
	for range 4 {
		if err := p.Wait(ctx, 2500*time.Millisecond); err != nil {
			return err
		}
		if err := p.Crew.KillOne(ctx, "collect-1", 500*time.Millisecond); err != nil {
			return err
		}
		p.Hit(1, "deaths by SIGKILL")
	}
	return nil
}
