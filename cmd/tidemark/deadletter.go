package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/ingest"
	"tidemark/ingest/letters"
)

// deadletterCmd groups what can be done with dead letters.
type deadletterCmd struct {
	List   letterListCmd   `cmd:"" help:"List what could not be read, and why."`
	Show   letterShowCmd   `cmd:"" help:"Show everything of one letter."`
	Replay letterReplayCmd `cmd:"" help:"Send letters again, as if they had just come."`
}

// letterFlags say where the letters are, and which are meant.
type letterFlags struct {
	kafkaFlags `embed:""`
	Kind       string `placeholder:"KIND" help:"Only this kind, for example bad_currency (docs/deadletters.md lists them)."`
	Source     string `placeholder:"NAME" help:"Only letters of this dialect or processor group."`
	Shop       string `placeholder:"ID" help:"Only letters of this shop."`
	Topic      string `placeholder:"NAME" help:"Only records that a processor found in this topic."`
	Since      string `placeholder:"TIME" help:"Only what arrived from this time on: RFC 3339, a date, or a duration before now such as 2h."`
	Until      string `placeholder:"TIME" help:"Only what arrived before this time."`
	Limit      int    `placeholder:"N" help:"Only the newest N."`
}

func (f letterFlags) filter(now time.Time) (letters.Filter, error) {
	out := letters.Filter{Kind: f.Kind, Source: f.Source, Shop: f.Shop, Topic: f.Topic, Limit: f.Limit}
	if f.Kind != "" && !slices.Contains(ingest.Kinds(), ingest.Kind(f.Kind)) {
		return out, usagef("--kind %s: there is no such kind; there are %v", f.Kind, ingest.Kinds())
	}
	if f.Limit < 0 {
		return out, usagef("--limit %d: give a number above 0", f.Limit)
	}
	for _, m := range []struct {
		flag, text string
		into       *time.Time
	}{{"--since", f.Since, &out.Since}, {"--until", f.Until, &out.Until}} {
		if m.text == "" {
			continue
		}
		ago, err := time.ParseDuration(m.text)
		if err == nil {
			*m.into = now.Add(-ago)
		} else if *m.into, err = moment(m.flag, m.text); err != nil {
			return out, err
		}
	}
	return out, nil
}

// read reads the topic; keys narrow it down further.
func (f letterFlags) read(ctx context.Context, log zerolog.Logger, keys []string) (*letters.Box, error) {
	filter, err := f.filter(time.Now())
	if err != nil {
		return nil, err
	}
	options, err := f.options()
	if err != nil {
		return nil, err
	}
	filter.Keys = keys
	log.Debug().Msg("reading the dead letters up to their present end")
	return letters.Read(ctx, options, filter)
}

type letterListCmd struct {
	letterFlags `embed:""`
	JSON        bool `help:"One letter per line, everything of it, as JSON."`
	Count       bool `help:"How many there are of each kind, source and shop."`
}

// Run prints the letters, the newest last.
func (c letterListCmd) Run(ctx context.Context, log zerolog.Logger, out output) error {
	if c.JSON && c.Count {
		return usagef("give --json or --count, not both")
	}
	box, err := c.read(ctx, log, nil)
	switch {
	case err != nil:
		return err
	case c.JSON:
		return box.Lines(ctx, out)
	case c.Count:
		return box.Counts(out)
	}
	return box.Table(out)
}

type letterShowCmd struct {
	kafkaFlags `embed:""`
	Key        string `arg:"" help:"Key of the letter, as list prints it."`
}

// Run prints one letter.
func (c letterShowCmd) Run(ctx context.Context, log zerolog.Logger, out output) error {
	box, err := letterFlags{kafkaFlags: c.kafkaFlags}.read(ctx, log, []string{c.Key})
	if err != nil {
		return err
	}
	if len(box.Items) == 0 {
		return fmt.Errorf("there is no letter %q among %d records: list prints the keys", c.Key, box.Records)
	}
	return box.Show(ctx, out)
}

type letterReplayCmd struct {
	letterFlags   `embed:""`
	Keys          []string `arg:"" optional:"" name:"key" help:"Keys of letters; without them all that the flags take."`
	Shops         string   `placeholder:"FILE" help:"shops.yaml."`
	SpamReferrers string   `type:"existingfile" placeholder:"FILE" help:"Hosts of referrer spam, as for collect."`
	File          string   `placeholder:"FILE" help:"Letters from a file of lines as list --json prints them, whose payloads were mended; - reads standard input."`
	All           bool     `help:"Yes, every letter: needed where neither keys nor flags nor a file say which."`
	DryRun        bool     `help:"Only say what each letter would become."`
	Again         bool     `help:"Send those too that were replayed before; within the log they are the same events."`
}

// Run replays. It fails where a letter is still refused, after all others were sent.
func (c letterReplayCmd) Run(ctx context.Context, log zerolog.Logger, out output) error {
	if _, err := c.filter(time.Now()); err != nil {
		return err
	}
	options, err := c.options()
	if err != nil {
		return err
	}
	chosen := len(c.Keys) > 0 || c.All || c.File != "" || cmp.Or(c.Kind, c.Source, c.Shop, c.Topic, c.Since, c.Until) != "" || c.Limit > 0
	if !chosen {
		return usagef("nothing says which letters: give keys, flags such as --kind and --since, --file, or --all")
	}
	shops, err := openShops(c.Shops, log)
	if err != nil {
		return err
	}
	box, err := c.letters(ctx, log)
	if err != nil {
		return err
	}
	if len(box.Items) == 0 {
		return box.Table(out)
	}
	kafka, err := ingest.NewKafka(ctx, ingest.KafkaConfig{Options: options})
	if err != nil {
		return err
	}
	defer kafka.Close() // all is acknowledged, or given up
	spam, err := spamReferrers(c.SpamReferrers)
	if err != nil {
		return err
	}
	collector, err := ingest.New(ingest.Config{Shops: shops.Shops, Producer: kafka, Log: log, Registry: prometheus.NewRegistry(), SpamReferrers: spam})
	if err != nil {
		return err
	}
	s, err := letters.Replay(ctx, letters.Config{Read: collector.Replay, Producer: patient{kafka}, DryRun: c.DryRun, Again: c.Again, Now: time.Now}, box, out)
	if err != nil {
		return err
	}
	sent := "sent"
	if c.DryRun {
		sent = "would be sent"
	}
	if _, err := fmt.Fprintf(out, "%d %s, %d skipped, %d refused\n", s.Sent, sent, s.Skipped, s.Refused); err != nil {
		return err
	}
	if s.Refused > 0 {
		return fmt.Errorf("%d letters are still refused: mend their payloads (list --json) and give them with --file", s.Refused)
	}
	return nil
}

// letters are those of the topic, or of the file with what the topic says of replays.
func (c letterReplayCmd) letters(ctx context.Context, log zerolog.Logger) (*letters.Box, error) {
	if c.File == "" {
		return c.read(ctx, log, c.Keys)
	}
	file := os.Stdin
	if c.File != "-" {
		var err error
		if file, err = os.Open(c.File); err != nil {
			return nil, usagef("--file: %w", err)
		}
		defer file.Close() // only read
	}
	mended, err := letters.ReadLines(file)
	if err != nil {
		return nil, usagef("--file %s: %w", c.File, err)
	}
	var keys []string
	for _, i := range mended.Items {
		keys = append(keys, i.Key)
	}
	if len(keys) == 0 {
		return mended, nil
	}
	kept, err := letterFlags{kafkaFlags: c.kafkaFlags}.read(ctx, log, keys)
	if err != nil {
		return nil, err
	}
	byKey := map[string]*letters.Item{}
	for _, k := range kept.Items {
		byKey[k.Key] = k
	}
	for _, i := range mended.Items {
		k := byKey[i.Key]
		if k == nil {
			return nil, fmt.Errorf("--file %s: the topic has no letter %q: a key is the identity of what is replayed", c.File, i.Key)
		}
		i.Replayed = k.Replayed
	}
	return mended, nil
}

// patient waits for Kafka as long as a collector does.
type patient struct{ kafka *ingest.Kafka }

const replayTimeout = 10 * time.Second

// Produce implements ingest.Producer.
func (p patient) Produce(ctx context.Context, recs []*kgo.Record) error {
	ctx, cancel := context.WithTimeoutCause(ctx, replayTimeout, errors.New("kafka did not acknowledge"))
	defer cancel()
	return p.kafka.Produce(ctx, recs)
}
