// Package sdk runs Segment's published SDKs, as their users would, against a collector.
package sdk

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"tidemark/deploy/integration/install"
)

//go:embed visit.json node/package.json node/package-lock.json node/send.mjs python/requirements.txt python/send.py python/query.py
var files embed.FS

// Client is one installed SDK with the script that drives it.
type Client struct {
	// Name is the SDK's package name with its version.
	Name string

	// command starts the script; the visit's path is the last argument.
	command []string
}

// Visit names the person and the order of one run of visit.json: identify, page, Product Viewed, Product Added, Checkout
// Started, Payment Info Entered, Order Completed, in that order.
type Visit struct {
	AnonymousID string
	UserID      string
	OrderID     string
	// Gzip asks for compressed bodies; only the Python SDK can.
	Gzip bool
}

// Calls is how many events one visit sends.
const Calls = 7

// Node installs Segment's Node.js SDK from the committed lock file (once per cache directory).
func Node(ctx context.Context) (*Client, error) {
	err := install.Need(ctx,
		install.Tool{Check: []string{"node", "--version"}, Package: "nodejs"},
		install.Tool{Check: []string{"npm", "--version"}, Package: "npm"})
	if err != nil {
		return nil, err
	}
	dir, err := install.Dir("sdk-node-"+digest("visit.json", "node/package-lock.json", "node/send.mjs"), func(dir string) error {
		if err := unpack(dir, "visit.json", "node/package.json", "node/package-lock.json", "node/send.mjs"); err != nil {
			return err
		}
		return install.Run(ctx, dir, nil, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	})
	if err != nil {
		return nil, err
	}
	return &Client{
		Name:    "@segment/analytics-node 3.1.0",
		command: []string{"node", filepath.Join(dir, "send.mjs"), filepath.Join(dir, "visit.json")},
	}, nil
}

// Python installs Segment's Python SDK in a virtual environment (once per cache directory).
func Python(ctx context.Context) (*Client, error) {
	dir, err := pythonDir(ctx)
	if err != nil {
		return nil, err
	}
	return &Client{
		Name:    "segment-analytics-python 2.4.0",
		command: []string{interpreter(dir), filepath.Join(dir, "send.py"), filepath.Join(dir, "visit.json")},
	}, nil
}

// Send sends one visit to the collector at host with the write key and returns the message ids that the SDK gave to the
// calls, in their order. It fails when the SDK gives up on an event.
func (c *Client) Send(ctx context.Context, host, writeKey string, visit Visit) ([]string, error) {
	cmd := exec.CommandContext(ctx, c.command[0], c.command[1:]...)
	cmd.Env = append(os.Environ(),
		"TIDEMARK_HOST="+host, "TIDEMARK_WRITE_KEY="+writeKey, "TIDEMARK_ANONYMOUS_ID="+visit.AnonymousID,
		"TIDEMARK_USER_ID="+visit.UserID, "TIDEMARK_ORDER_ID="+visit.OrderID)
	if visit.Gzip {
		cmd.Env = append(cmd.Env, "TIDEMARK_GZIP=1")
	}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%s: %w: %s", c.Name, err, install.Tail(errs.Bytes(), 2000))
	}
	var sent struct {
		IDs []string `json:"ids"`
	}
	if err := json.Unmarshal(out.Bytes(), &sent); err != nil || len(sent.IDs) != Calls {
		return nil, fmt.Errorf("%s printed %q, want %d message ids", c.Name, install.Tail(out.Bytes(), 500), Calls)
	}
	return sent.IDs, nil
}

// unpack writes the named embedded files into dir, without their folders.
func unpack(dir string, names ...string) error {
	for _, name := range names {
		content, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(name)), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// digest names an installation after what it is made from.
func digest(names ...string) string {
	var all strings.Builder
	for _, name := range names {
		content, err := files.ReadFile(name)
		if err != nil {
			panic(err) // the names are constants of this package and checked by its tests
		}
		all.Write(content)
	}
	sum := sha256.Sum256([]byte(all.String()))
	return hex.EncodeToString(sum[:6])
}
