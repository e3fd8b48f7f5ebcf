package chaos

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/deploy/integration/rig"
	"tidemark/processors"
)

// An hour without ClickHouse is scaled to a minute, and with it what the programs may hold. The fast group holds little of an
// event: it gets a quarter, so that it must pause too.
const (
	hour      = time.Minute
	scale     = 60
	maxBytes  = 128 << 20 / scale
	maxQueued = 16 << 20 / scale
)

// away is the cell in which ClickHouse refuses connections for a scaled hour.
func away() Cell {
	return Cell{
		Name:  "store-away",
		Fault: "ClickHouse refuses connections for a scaled hour (60 s, the programs' byte limits divided by 60, that of fast by 240)",
		Crew:  []string{},
		Least: 10,
		Load:  func(l *Load) { l.Past = 6 * time.Second },
		Ready: func(_ context.Context, p *Play) error {
			for _, program := range programs {
				addr, err := rig.FreeAddr()
				if err != nil {
					return err
				}
				p.admin[program] = addr
				most := maxBytes
				if program == processors.GroupFast {
					most /= 4
				}
				argv := p.Argv(program, "--admin", addr, "--max-bytes", strconv.Itoa(most), "--max-queued", strconv.Itoa(maxQueued))
				if err := p.Crew.Join(worker(program), argv); err != nil {
					return err
				}
			}
			return nil
		},
		Act: hourAway,
	}
}

func hourAway(ctx context.Context, p *Play) error {
	if err := p.Wait(ctx, 8*time.Second); err != nil {
		return err
	}
	for _, valve := range p.Valves {
		if err := valve.Shut(); err != nil {
			return err
		}
	}
	failed := p.watchHour(ctx)
	for _, valve := range p.Valves {
		if err := valve.Open(); err != nil {
			return err
		}
	}
	if failed != nil {
		return failed
	}
	for _, program := range programs {
		n, err := said(p.LogOf(worker(program)), "connection refused")
		if err != nil {
			return err
		}
		p.Hit(n, "connections refused, by the programs' logs")
	}
	return nil
}

// watchHour checks, while ClickHouse is away, that no program grows and no group commits.
func (p *Play) watchHour(ctx context.Context) error {
	if err := p.Wait(ctx, 5*time.Second); err != nil { // what was under way may still be committed
		return err
	}
	before, err := p.offsets(ctx)
	if err != nil {
		return err
	}
	var first, last map[string]int64 // highest memory in the first and the last third
	for i, third := range []*map[string]int64{&first, nil, &last} {
		most, err := p.memory(ctx, (hour-5*time.Second)/3)
		if err != nil {
			return err
		}
		p.Logf("third %d of the outage: memory %v MB, fetch paused on %v partitions", i+1, inMB(most), p.gauges("tidemark_run_paused"))
		if third != nil {
			*third = most
		}
	}
	after, err := p.offsets(ctx)
	if err != nil {
		return err
	}
	if !maps.Equal(before, after) {
		return fmt.Errorf("committed offsets moved while ClickHouse was away: %v, then %v", before, after)
	}
	for _, program := range programs {
		if paused := p.gauges("tidemark_run_paused")[program]; paused == 0 {
			return fmt.Errorf("%s has paused no partition: it can hold all that came, which proves nothing", program)
		}
		const noise = 12 << 20 // the garbage collector's
		if last[program] > first[program]+noise {
			return fmt.Errorf("%s has grown from %d to %d bytes while ClickHouse was away", program, first[program], last[program])
		}
		p.Hit(0, "%s holds %d MB in the first third of it and %d MB in the last", program, first[program]>>20, last[program]>>20)
	}
	return nil
}

// memory is the most that each program had resident in the time.
func (p *Play) memory(ctx context.Context, during time.Duration) (map[string]int64, error) {
	most := make(map[string]int64)
	for began := time.Now(); time.Since(began) < during; {
		for _, program := range programs {
			process, err := p.Crew.Process(worker(program))
			if err != nil {
				return nil, err
			}
			bytes, err := resident(process.PID())
			if err != nil {
				return nil, err
			}
			most[program] = max(most[program], bytes)
		}
		if err := p.Wait(ctx, 500*time.Millisecond); err != nil {
			return nil, err
		}
	}
	return most, nil
}

// resident is a process's resident memory, as Linux tells it.
func resident(pid int) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(text))
	if len(fields) < 2 {
		return 0, errors.New("statm is not as expected")
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	return pages * int64(os.Getpagesize()), err
}

func inMB(bytes map[string]int64) map[string]int64 {
	mb := make(map[string]int64)
	for name, n := range bytes {
		mb[name] = n >> 20
	}
	return mb
}

// gauges sums a metric of each program over its partitions; a program that does not answer is left out.
func (p *Play) gauges(name string) map[string]float64 {
	sums := make(map[string]float64)
	for program, addr := range p.admin {
		answer, err := http.Get("http://" + addr + "/metrics")
		if err != nil {
			continue
		}
		parser := expfmt.NewTextParser(model.UTF8Validation)
		families, err := parser.TextToMetricFamilies(answer.Body)
		_ = answer.Body.Close()
		if err != nil {
			continue
		}
		sums[program] = 0
		for _, m := range families[name].GetMetric() {
			sums[program] += m.GetGauge().GetValue()
		}
	}
	return sums
}

// offsets are what the groups have committed, by group, topic and partition.
func (p *Play) offsets(ctx context.Context) (map[string]int64, error) {
	client, err := kgo.NewClient(kgo.SeedBrokers(p.Programs.Brokers...))
	if err != nil {
		return nil, err
	}
	defer client.Close()
	all := make(map[string]int64)
	for _, program := range programs {
		group := processors.ConsumerGroup(program)
		committed, err := kadm.NewClient(client).FetchOffsets(ctx, group)
		for range 20 { // a busy broker may not have loaded the group yet
			if err == nil {
				break
			}
			if err := p.Wait(ctx, 500*time.Millisecond); err != nil {
				return nil, err
			}
			committed, err = kadm.NewClient(client).FetchOffsets(ctx, group)
		}
		if err != nil {
			return nil, err
		}
		committed.Each(func(o kadm.OffsetResponse) {
			all[fmt.Sprintf("%s %s %d", group, o.Topic, o.Partition)] = o.At
		})
	}
	return all, nil
}
