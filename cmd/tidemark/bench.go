package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/rs/zerolog"

	"tidemark/cmd/tidemark/bench"
)

// benchCmd measures the processors' own path over a preloaded topic, from its earliest offsets to its end.
type benchCmd struct {
	kafkaFlags `embed:""`
	Query      string `required:"" enum:"q1,q2,q3,q4" placeholder:"q1|q2|q3|q4" help:"Which query to run."`
	Topic      string `required:"" placeholder:"NAME" help:"Preloaded topic."`
	Out        string `required:"" placeholder:"FILE" help:"Where the answer goes, as TSV."`
	Clickhouse string `placeholder:"DSN" help:"Write the rows to this ClickHouse; they stay in memory where not given."`
	RecordTime string `enum:"append,create" default:"create" help:"Who stamped the records: ${enum}."`
}

// Run prints one RESULT line.
func (c benchCmd) Run(ctx context.Context, log zerolog.Logger, out output) error {
	options, err := c.options()
	if err != nil {
		return err
	}
	result, err := bench.Run(ctx, bench.Options{
		Query: c.Query, Topic: c.Topic, Client: options, Out: c.Out, RecordTime: c.RecordTime, ClickHouse: c.Clickhouse, Log: log,
	})
	if err != nil {
		return err
	}
	text, err := json.Marshal(result)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "RESULT %s\n", text)
	return err
}
