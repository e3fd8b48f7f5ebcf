package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"

	"github.com/rs/zerolog"
)

// Config says how to run the demo.
type Config struct {
	Data          string  // folder of everything that the demo keeps; created if needed
	Port          int     // of the boards; collector, ClickHouse and Kafka take the next three
	Speed         float64 // multiplies the rate of events, never time
	Rate          float64 // events per second at speed 1
	NoSimulator   bool
	Incident      string   // to be staged by itself: PaymentOutage; empty for none
	Alertmanagers []string // addresses of Alertmanagers that are told too
	Library       string   // libchdb.so; empty: found by itself
	Out           io.Writer
	Terminal      bool // Out is a terminal
	Log           zerolog.Logger
}

// How many ports the demo takes, from Port on.
const ports = 4

// Seed of the simulator; a restart goes on under another number of the run.
const seed = 2026

// freeWithin is how long a port may stay taken: the engine of a demo that was killed takes a moment to die.
const freeWithin = 3 * time.Second

// Check refuses settings that cannot work.
func (c Config) Check() error {
	switch {
	case c.Speed <= 0 || c.Rate <= 0:
		return errors.New("speed and rate must be above 0; for no events at all use --no-simulator")
	case c.Port < 1 || c.Port > 65535-ports:
		return fmt.Errorf("port %d: choose one from 1 to %d, four in a row are needed", c.Port, 65535-ports)
	case c.Incident != "" && c.Incident != PaymentOutage:
		return fmt.Errorf("no incident is called %q; there is %s", c.Incident, PaymentOutage)
	case c.Incident != "" && c.NoSimulator:
		return errors.New("an incident is staged in the simulated shops: leave --no-simulator or --incident out")
	}
	return nil
}

// portsFree names a taken port before anything is started.
func (c Config) portsFree(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, freeWithin)
	defer cancel()
	for i := range ports {
		if err := awaitFree(ctx, c.addr(i)); err != nil {
			return fmt.Errorf("%s is taken (%w): is a demo running already? choose another --port", c.addr(i), err)
		}
	}
	return nil
}

// awaitFree returns when the address can be listened on, or with the reason why not when ctx ends.
func awaitFree(ctx context.Context, addr string) error {
	for {
		ln, err := net.Listen("tcp", addr)
		if err == nil {
			return ln.Close()
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// addr is the i-th address; everything stays on loopback.
func (c Config) addr(i int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(c.Port+i)) }

func (c Config) page() string      { return c.addr(0) } // boards, API, metrics
func (c Config) collector() string { return c.addr(1) }
func (c Config) engine() string    { return c.addr(2) }
func (c Config) kafkaPort() int    { return c.Port + 3 }
func (c Config) dsn() string       { return "http://" + c.engine() + "/tidemark" }
