package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rs/zerolog"

	"tidemark/deploy/wire"
	"tidemark/processors/metrics"
)

// checkCmd verifies an installation without changing it.
type checkCmd struct {
	kafkaFlags      `embed:""`
	clickhouseFlags `embed:""`
	Shops           string `placeholder:"FILE" help:"shops.yaml to check."`
	Dir             string `default:"." placeholder:"DIR" help:"Root of the repository, whose generated files are checked where it is one (${default})."`
}

// Run makes every check that the flags allow, prints a line for each, and fails if one failed.
func (c checkCmd) Run(ctx context.Context, log zerolog.Logger, out output) error {
	checks := []struct {
		name  string
		given bool
		run   func() (string, error)
	}{
		{"catalogue", true, checkCatalogue},
		{"boards", true, checkBoards},
		{"alerts", true, checkAlerts},
		{"generated files", isRepository(c.Dir), func() (string, error) { return checkGenerated(c.Dir) }},
		{"shops file", c.Shops != "", func() (string, error) { return checkShops(c.Shops, log) }},
		{"kafka", len(c.Brokers) > 0, func() (string, error) { return c.checkKafka(ctx) }},
		{"clickhouse", c.Clickhouse != "", func() (string, error) { return c.checkClickhouse(ctx) }},
	}
	var failed []string
	for _, check := range checks {
		if !check.given {
			_, _ = fmt.Fprintf(out, "-    %s: not asked for\n", check.name)
			continue
		}
		found, err := check.run()
		if err != nil {
			failed = append(failed, check.name)
			_, _ = fmt.Fprintf(out, "BAD  %s: %s\n", check.name, oneLine(err))
			continue
		}
		_, _ = fmt.Fprintf(out, "ok   %s: %s\n", check.name, found)
	}
	if len(failed) > 0 {
		return fmt.Errorf("not in order: %s", strings.Join(failed, ", "))
	}
	return nil
}

func checkCatalogue() (string, error) {
	all := metrics.All()
	return fmt.Sprintf("%d metrics", len(all)), all.Check()
}

func isRepository(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, wire.GeneratedDirs()[0]))
	return err == nil
}

func checkGenerated(dir string) (string, error) {
	stale, err := staleFiles(dir)
	if err == nil && len(stale) > 0 {
		err = fmt.Errorf("%s not up to date; run tidemark generate", strings.Join(slices.Sorted(maps.Keys(stale)), ", "))
	}
	return "up to date", err
}

func checkShops(path string, log zerolog.Logger) (string, error) {
	live, err := openShops(path, log)
	if err != nil {
		return "", err
	}
	found := fmt.Sprintf("%d shops", len(live.Shops().All()))
	if !live.Shops().Pseudonyms() {
		found += "; no identity_keys: events that name people by e-mail address or phone number go to the dead letters (docs/privacy.md)"
	}
	return found, nil
}

func (c checkCmd) checkKafka(ctx context.Context) (string, error) {
	options, err := c.options()
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	missing, err := wire.CreateTopics(ctx, options, 1, true)
	if err == nil && len(missing) > 0 {
		err = fmt.Errorf("topics %s are missing; run tidemark apply", strings.Join(missing, ", "))
	}
	return "reached, all topics there", err
}

func (c checkCmd) checkClickhouse(ctx context.Context) (string, error) {
	sink, err := c.open(nil)
	if err != nil {
		return "", err
	}
	defer sink.Close() // nothing is pending
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	statements, err := sink.Plan(ctx, wire.Schema(metrics.All()))
	if err == nil && len(statements) > 0 {
		err = errors.New("tables or views are missing or old; run tidemark apply, or with --dry-run to see what it would do")
	}
	return "reached, tables and views up to date", err
}
