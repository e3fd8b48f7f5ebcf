package clickhouse

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	ch "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/prometheus/client_golang/prometheus"
)

// Options adjust a Sink; the zero value is ready for use.
type Options struct {
	Registry prometheus.Registerer // takes the metrics of one Sink; nil exports none
}

// Open prepares a sink for the DSN: http://, https:// or clickhouse:// (native protocol), with the database as its
// path and settings of clickhouse-go as its query. Nothing is sent before the first use, so that a server which is
// down at the start is waited for like one that goes down later; Ping tells whether it answers.
func Open(dsn string, o Options) (*Sink, error) {
	scheme, _, _ := strings.Cut(dsn, "://")
	conf, err := ch.ParseDSN(dsn)
	if err != nil || !slices.Contains([]string{"http", "https", "clickhouse"}, scheme) {
		// The error of ParseDSN may quote the DSN, which holds the password.
		return nil, errors.New("the ClickHouse DSN cannot be read: it should look like http://user:password@host:8123/tidemark")
	}
	if conf.Auth.Database == "" {
		return nil, errors.New("the ClickHouse DSN names no database: it should end like host:8123/tidemark")
	}
	conn, err := ch.Open(conf)
	if err != nil {
		return nil, fmt.Errorf("ClickHouse at %v: %w", conf.Addr, err)
	}
	return &Sink{conn: conn, conf: conf, counts: newCounts(o.Registry)}, nil
}

// Close closes the connections; running calls fail.
func (s *Sink) Close() error { return s.conn.Close() }
