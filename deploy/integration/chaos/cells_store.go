package chaos

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"tidemark/deploy/integration/fault"
	"tidemark/deploy/integration/rig"
)

// storeCells are faults of ClickHouse and of the way there.
func storeCells() []Cell {
	return []Cell{
		away(),
		troubled("store-slow", "every insert takes 400 ms and 400 kB/s", 30, fault.Slow(400*time.Millisecond, 400_000)),
		troubled("store-answer-lost", "every third insert is done and its answer lost", 10, fault.Every(3, fault.AnswerLost)),
		troubled("store-cut", "every third insert breaks off half-way", 10, fault.Every(3, fault.CutBody)),
		troubled("store-502", "every other insert is answered 502 by a balancer", 10, fault.Every(2, fault.Status(http.StatusBadGateway))),
		troubled("store-503", "the first 40 inserts are answered 503", 40, fault.Some(40, fault.Status(http.StatusServiceUnavailable))),
		{
			Name: "store-too-many-parts", Fault: "merges stopped and parts_to_throw_insert lowered: the engine answers TOO_MANY_PARTS",
			Least: 5, Act: tooManyParts,
		},
		{Name: "store-disk-full", Fault: "the engine's disk, a tmpfs, is full for a while", Least: 3, Disk: 400 << 20, Act: diskFull},
		{Name: "store-killed", Fault: "the engine gets SIGKILL and starts again, 3 times", Least: 3, Act: engineKilled},
		{Name: "store-frozen", Fault: "the engine gets SIGSTOP for 8 s, 2 times", Least: 2, Act: engineFrozen},
		{Name: "store-flapping", Fault: "connections are refused every other second", Least: 8, Act: flapping},
	}
}

// troubled lets inserts of all programs pass through a trouble for as long as the load lasts.
func troubled(name, words string, least int, trouble fault.Trouble) Cell {
	return Cell{
		Name: name, Fault: words, Least: least,
		Act: func(ctx context.Context, p *Play) error {
			for _, valve := range p.Valves {
				valve.Set(trouble)
			}
			err := p.Wait(ctx, 13*time.Second)
			hits := 0
			for _, valve := range p.Valves {
				valve.Set(nil)
				hits += valve.Hits()
			}
			p.Hit(hits, "inserts that the proxy troubled")
			return err
		},
	}
}

func flapping(ctx context.Context, p *Play) error {
	for range 4 {
		for _, valve := range p.Valves {
			if err := valve.Shut(); err != nil {
				return err
			}
		}
		err := p.Wait(ctx, time.Second)
		for _, valve := range p.Valves {
			if err := valve.Open(); err != nil {
				return err
			}
		}
		if err != nil {
			return err
		}
		if err := p.Wait(ctx, 2*time.Second); err != nil {
			return err
		}
	}
	n := 0
	for _, program := range programs {
		refused, err := said(p.LogOf(worker(program)), "connection refused", "EOF", "connection reset")
		if err != nil {
			return err
		}
		n += refused
	}
	p.Hit(n, "connections broken or refused, by the programs' logs")
	return nil
}

// crowded are tables that every program writes to often.
var crowded = []string{"m_page_views", "m_sessions", "events_clickstream"}

func tooManyParts(ctx context.Context, p *Play) error {
	do := func(format string) error {
		var errs []error
		for _, table := range crowded {
			errs = append(errs, p.ClickHouse.Exec(ctx, fmt.Sprintf(format, table)))
		}
		return errors.Join(errs...)
	}
	if err := p.Wait(ctx, 3*time.Second); err != nil {
		return err
	}
	if err := errors.Join(do("SYSTEM STOP MERGES %s"), do("ALTER TABLE %s MODIFY SETTING parts_to_delay_insert = 2, parts_to_throw_insert = 3")); err != nil {
		return err
	}
	wait := p.Wait(ctx, 10*time.Second)
	for _, program := range programs {
		p.Hit(p.Valves[program].Code("252"), "answers with code 252")
	}
	return errors.Join(wait, do("ALTER TABLE %s RESET SETTING parts_to_delay_insert, parts_to_throw_insert"), do("SYSTEM START MERGES %s"))
}

func engineKilled(ctx context.Context, p *Play) error {
	for range 3 {
		if err := p.Wait(ctx, 3*time.Second); err != nil {
			return err
		}
		if err := p.Engine.Kill(); err != nil {
			return err
		}
		p.Hit(1, "deaths by SIGKILL")
		if err := p.Wait(ctx, time.Second); err != nil {
			return err
		}
		if err := p.Engine.Start(ctx); err != nil {
			return err
		}
	}
	return nil
}

func engineFrozen(ctx context.Context, p *Play) error {
	for range 2 {
		if err := p.Wait(ctx, 3*time.Second); err != nil {
			return err
		}
		if err := p.Engine.Pause(); err != nil {
			return err
		}
		short, cancel := context.WithTimeout(ctx, 8*time.Second)
		_, err := p.ClickHouse.Query(short, "SELECT 1")
		cancel()
		if resumed := p.Engine.Resume(); resumed != nil {
			return resumed
		}
		if err != nil {
			p.Hit(1, "8 s in which the engine did not answer SELECT 1")
		}
	}
	return nil
}

// diskFull fills the disk with one file, and frees it again once inserts have failed for a while.
func diskFull(ctx context.Context, p *Play) error {
	if err := p.Wait(ctx, 4*time.Second); err != nil {
		return err
	}
	ballast := filepath.Join(p.disk, "ballast")
	if err := fillDisk(ballast); err != nil {
		return err
	}
	err := p.Wait(ctx, 8*time.Second)
	if err := os.Remove(ballast); err != nil {
		return err
	}
	failed := 0
	for _, program := range programs {
		n, err := said(p.LogOf(worker(program)), "o space left on device", "NOT_ENOUGH_SPACE", "Cannot reserve")
		if err != nil {
			return err
		}
		failed += n
		p.Logf("%s: codes %s", program, p.Valves[program].Codes())
	}
	p.Hit(failed, "inserts that the engine refused for want of space, by the programs' logs")
	if !p.Engine.Alive() {
		p.Logf("the engine has died of the full disk and is started again")
		return errors.Join(err, p.Engine.Start(ctx))
	}
	return err
}

// fillDisk writes a file until the disk has no room left.
func fillDisk(file string) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer f.Close()
	for block := make([]byte, 1<<20); ; {
		n, err := f.Write(block)
		if errors.Is(err, syscall.ENOSPC) {
			return nil
		}
		if err != nil || n < len(block) {
			return fmt.Errorf("filling the disk: wrote %d bytes of a block: %w", n, err)
		}
	}
}

// ownDisk starts an engine whose data lie on a tmpfs of its own. The returned function unmounts it.
func ownDisk(ctx context.Context, r *rig.Rig, size int64) (engine *rig.Engine, disk string, free func() error, err error) {
	disk = filepath.Join(r.Dir, "disk")
	if err := os.MkdirAll(disk, 0o755); err != nil {
		return nil, "", nil, err
	}
	if err := mount(disk, size); err != nil {
		return nil, "", nil, fmt.Errorf("this cell needs the right to mount a tmpfs (run as root, or in a container with CAP_SYS_ADMIN): %w", err)
	}
	engine, err = rig.StartEngine(ctx, r.Programs.Binary, r.Dir, "engine-disk", filepath.Join(disk, "engine"))
	if err != nil {
		return nil, "", nil, errors.Join(err, unmount(disk))
	}
	return engine, disk, func() error {
		engine.End()
		return unmount(disk)
	}, nil
}
