package browser

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"tidemark/deploy/integration/child"
	"tidemark/deploy/integration/install"
	"tidemark/deploy/integration/rig"
)

// ports is how many a demo takes in a row: page, collector, ClickHouse, Kafka.
const ports = 4

// Demo is a running `tidemark demo`, a process of its own.
type Demo struct {
	// URL of the page, without a slash at its end.
	URL        string
	ClickHouse rig.ClickHouse

	dir, binary string
	port        int
	process     *child.Process
}

// NewDemo builds the binary, or takes the one that TIDEMARK_BINARY names. Nothing runs yet; data and logs will be in dir.
func NewDemo(ctx context.Context, dir string) (*Demo, error) {
	d := &Demo{dir: dir, binary: os.Getenv("TIDEMARK_BINARY")}
	if d.binary == "" {
		d.binary = filepath.Join(dir, "tidemark")
		if err := install.Run(ctx, "", nil, "go", "build", "-o", d.binary, "tidemark/cmd/tidemark"); err != nil {
			return nil, err
		}
	}
	var err error
	if d.port, err = freePorts(); err != nil {
		return nil, err
	}
	d.URL = fmt.Sprintf("http://127.0.0.1:%d", d.port)
	d.ClickHouse.URL = &url.URL{Scheme: "http", Host: fmt.Sprintf("127.0.0.1:%d", d.port+2), Path: "/", RawQuery: "database=tidemark"}
	return d, nil
}

// Start runs the demo with the flags, on the same ports and data every time, until it says that it is ready.
func (d *Demo) Start(ctx context.Context, flags ...string) (err error) {
	argv := append([]string{d.binary, "demo", "--data", d.data(), "--port", strconv.Itoa(d.port)}, flags...)
	if d.process, err = child.Start("demo", d.Log(), nil, argv...); err != nil {
		return err
	}
	return rig.WaitHTTP(ctx, d.process, d.URL+"/readyz")
}

// Stop ends the demo as Ctrl-C does; its data stay.
func (d *Demo) Stop() error { return d.process.Stop(time.Minute) }

// End kills the demo if it runs, for clean-ups.
func (d *Demo) End() {
	if d.process != nil {
		d.process.End()
	}
}

func (d *Demo) data() string { return filepath.Join(d.dir, "data") }

// Log is the file of what the demo prints.
func (d *Demo) Log() string { return filepath.Join(d.dir, "demo.log") }

// Exec runs a statement of ClickHouse that returns no rows.
func (d *Demo) Exec(ctx context.Context, sql string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, d.ClickHouse.URL.String(), bytes.NewBufferString(sql))
	if err != nil {
		return err
	}
	_, err = send(request)
	return err
}

// Get reads JSON from the demo into the value.
func (d *Demo) Get(ctx context.Context, path string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, d.URL+path, nil)
	if err != nil {
		return err
	}
	body, err := send(request)
	if err != nil {
		return err
	}
	return json.Unmarshal(body, into)
}

func send(request *http.Request) ([]byte, error) {
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %s: %.500s", request.Method, request.URL, answer.Status, body)
	}
	return body, err
}

// freePorts finds free ports in a row, below those that the system hands out by itself. Other tests look too, so
// everybody begins elsewhere.
func freePorts() (int, error) {
	for range 100 {
		port := 20000 + ports*rand.IntN(10000/ports)
		free := true
		for i := range ports {
			ln, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port+i)))
			if err != nil {
				free = false
				break
			}
			defer ln.Close()
		}
		if free {
			return port, nil
		}
	}
	return 0, errors.New("no free ports in a row between 20000 and 30000")
}
