package main

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/sinks/clickhouse"
)

// connectTimeout bounds the first contact with a server.
const connectTimeout = 15 * time.Second

// kafkaFlags say where Kafka is.
type kafkaFlags struct {
	Brokers []string `placeholder:"HOST:PORT" help:"Kafka's seed brokers."`
}

// options are the connection options of a Kafka client.
func (f kafkaFlags) options() ([]kgo.Opt, error) {
	if len(f.Brokers) == 0 {
		return nil, usagef("no Kafka broker is named: give --brokers host:9092 or set TIDEMARK_BROKERS")
	}
	for _, b := range f.Brokers {
		if host, port, ok := strings.Cut(b, ":"); !ok || host == "" || port == "" {
			return nil, usagef("--brokers: %q is no host:port", b)
		}
	}
	return []kgo.Opt{kgo.SeedBrokers(f.Brokers...)}, nil
}

// clickhouseFlags say where ClickHouse is.
type clickhouseFlags struct {
	Clickhouse string `placeholder:"DSN" help:"ClickHouse, for example http://user:password@host:8123/tidemark or clickhouse://host:9000/tidemark; without a database it is default."`
}

// open prepares the sink; it does not connect yet.
func (f clickhouseFlags) open(reg prometheus.Registerer) (*clickhouse.Sink, error) {
	if f.Clickhouse == "" {
		return nil, usagef("no ClickHouse is named: give --clickhouse http://host:8123/tidemark or set TIDEMARK_CLICKHOUSE")
	}
	sink, err := clickhouse.Open(withDatabase(f.Clickhouse), clickhouse.Options{Registry: reg})
	if err != nil {
		return nil, usage{err}
	}
	return sink, nil
}

// withDatabase names ClickHouse's database default where the DSN names none.
func withDatabase(dsn string) string {
	u, err := url.Parse(dsn)
	if err != nil || strings.Trim(u.Path, "/") != "" || u.Query().Has("database") {
		return dsn
	}
	u.Path = "/default"
	return u.String()
}

// moment reads RFC 3339 or a date.
func moment(flag, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, usagef("%s is missing: give a time such as 2026-03-01T08:00:00Z, or a date", flag)
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, usagef("%s: %q is neither a time such as 2026-03-01T08:00:00Z nor a date", flag, text)
}

// reach connects once, so that a wrong address is said at the start.
func reach(ctx context.Context, sink *clickhouse.Sink) error {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	return sink.Ping(ctx)
}
