package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

// Exit codes.
const (
	exitOK      = 0
	exitFailure = 1 // the work failed
	exitUsage   = 2 // a setting is wrong or missing; nothing was started
)

// cli is the command line. Every flag --some-flag may come from the environment as TIDEMARK_SOME_FLAG.
type cli struct {
	Collect    collectCmd    `cmd:"" help:"Receive events over HTTP and write them to Kafka."`
	Process    processCmd    `cmd:"" help:"Turn events into metrics (a consumer group)."`
	Land       landCmd       `cmd:"" help:"Store every raw event in ClickHouse (a consumer group)."`
	Archive    archiveCmd    `cmd:"" help:"Keep every raw event as Parquet files (a consumer group)."`
	Import     importCmd     `cmd:"" help:"Bring in history from CSV, NDJSON or Parquet files, or raw events from an archive."`
	Correct    correctCmd    `cmd:"" help:"Rebuild windows that late events have made dirty, by itself."`
	Recompute  recomputeCmd  `cmd:"" help:"Rebuild closed windows of metrics from raw events."`
	Rollup     rollupCmd     `cmd:"" help:"Bring figures by day and month up to date."`
	Audit      auditCmd      `cmd:"" help:"Say whether every event is accounted for, and where the first is not."`
	Deadletter deadletterCmd `cmd:"" help:"List, show and replay events that could not be read."`
	Apply      applyCmd      `cmd:"" help:"Create topics, tables and views."`
	Generate   generateCmd   `cmd:"" help:"Write the files that are derived from the Go sources."`
	Check      checkCmd      `cmd:"" help:"Verify catalogue, shops file and connections, and say what is wrong."`
	Alert      alertCmd      `cmd:"" help:"Judge metrics by their history, keep incidents, tell people."`
	Preview    previewCmd    `cmd:"" help:"Show the boards in a browser, without Grafana."`
	Demo       demoCmd       `cmd:"" help:"Run everything on this machine, with simulated shops."`
	Bench      benchCmd      `cmd:"" help:"Measure the processors on a preloaded topic."`
	Version    versionCmd    `cmd:"" help:"Print the version."`
	Engine     engineCmd     `cmd:"" hidden:"" help:"Run the embedded ClickHouse engine (the demo starts it)."`

	Log logFlags `embed:"" prefix:"log-"`
}

// output is where commands print what was asked for; logs go to stderr.
type output struct{ io.Writer }

// usage marks an error that the caller can cure by another setting.
type usage struct{ error }

func usagef(format string, args ...any) error { return usage{fmt.Errorf(format, args...)} }

// exited carries the code with which kong wants to leave, after --help.
type exited int

// run is the program without the process around it. An error becomes one line on stderr.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (code int) {
	defer func() {
		switch e := recover().(type) {
		case nil:
		case exited:
			code = int(e)
		default:
			panic(e)
		}
	}()
	err := dispatch(ctx, args, stdout, stderr)
	if err == nil {
		return exitOK
	}
	_, _ = fmt.Fprintln(stderr, "tidemark: "+oneLine(err))
	var wrong usage
	if errors.As(err, &wrong) {
		return exitUsage
	}
	return exitFailure
}

func dispatch(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var c cli
	parser, err := kong.New(&c,
		kong.Name("tidemark"),
		kong.Description("Real-time e-commerce analytics: collectors, Kafka, exact windowed metrics, ClickHouse."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.DefaultEnvars("TIDEMARK"),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { panic(exited(code)) }),
	)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	chosen, err := parser.Parse(args)
	if err != nil {
		return usagef("%w (tidemark --help, or tidemark COMMAND --help, lists what there is)", err)
	}
	log, err := c.Log.logger(stderr)
	if err != nil {
		return err
	}
	chosen.BindTo(ctx, (*context.Context)(nil))
	return chosen.Run(log, output{stdout})
}

// oneLine keeps joined errors and multi-line causes on one line.
func oneLine(err error) string {
	return strings.Join(strings.FieldsFunc(err.Error(), func(r rune) bool { return r == '\n' || r == '\r' }), "; ")
}
