// Package sdk runs the published clients of the APIs that the collector speaks, as their users would.
package sdk

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"tidemark/deploy/integration/install"
)

// Client is one way in which a published client is used.
type Client struct {
	// Name is short and unique: that of its recording and of its shop.
	Name string
	// Package is the client's package; Version is the one that is installed.
	Package, Version string
	// Source is what the collector calls it.
	Source string
	// Method is that of its requests.
	Method string
	// Events is how many events it makes of the visit.
	Events int
	// Retries says whether it tries again what was answered 503; the CloudEvents package leaves that to its user.
	Retries bool

	script string   // in the folder node or python
	env    []string // what the script is told beside host, key, people and order
	argv   []string // starts the script
}

// Visit names the person and the order of one run of visit.json: identify, page, Products Searched, Product Viewed,
// Product Added, Checkout Started, Payment Info Entered, Order Completed, in that order.
type Visit struct {
	AnonymousID string
	UserID      string
	OrderID     string
}

// Clients installs the clients from the committed lock files (once per cache directory).
func Clients(ctx context.Context) ([]Client, error) {
	node, err := nodeDir(ctx)
	if err != nil {
		return nil, err
	}
	python, err := pythonDir(ctx)
	if err != nil {
		return nil, err
	}
	all := clients()
	for i := range all {
		c := &all[i]
		dir, program := node, "node"
		if filepath.Ext(c.script) == ".py" {
			dir, program = python, interpreter(python)
		}
		c.argv = []string{program, filepath.Join(dir, c.script), filepath.Join(dir, "visit.json")}
		if c.Version, err = version(c.Package); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// clients lists them; Snowplow has no identify, and CloudEvents has the order's two stages apart from the purchase.
func clients() []Client {
	gzip, get := []string{"TIDEMARK_GZIP=1"}, []string{"TIDEMARK_METHOD=get"}
	return []Client{
		{Name: "segment-node", Package: "@segment/analytics-node", Source: "segment", script: "segment.mjs", Method: "POST", Events: 8, Retries: true},
		{Name: "segment-python", Package: "segment-analytics-python", Source: "segment", script: "send_segment.py", Method: "POST", Events: 8, Retries: true},
		{Name: "segment-python-gzip", Package: "segment-analytics-python", Source: "segment", script: "send_segment.py", env: gzip, Method: "POST", Events: 8, Retries: true},
		{Name: "rudderstack-node", Package: "@rudderstack/rudder-sdk-node", Source: "segment", script: "rudderstack.mjs", Method: "POST", Events: 8, Retries: true},
		{Name: "posthog-node", Package: "posthog-node", Source: "posthog", script: "posthog.mjs", Method: "POST", Events: 8, Retries: true},
		{Name: "posthog-python", Package: "posthog", Source: "posthog", script: "send_posthog.py", Method: "POST", Events: 8, Retries: true},
		{Name: "snowplow-node", Package: "@snowplow/node-tracker", Source: "snowplow", script: "snowplow.mjs", Method: "POST", Events: 7, Retries: true},
		{Name: "snowplow-node-get", Package: "@snowplow/node-tracker", Source: "snowplow", script: "snowplow.mjs", env: get, Method: "GET", Events: 7, Retries: true},
		{Name: "snowplow-python", Package: "snowplow-tracker", Source: "snowplow", script: "send_snowplow.py", Method: "POST", Events: 7, Retries: true},
		{Name: "amplitude-node", Package: "@amplitude/analytics-node", Source: "amplitude", script: "amplitude.mjs", Method: "POST", Events: 8, Retries: true},
		{Name: "jitsu", Package: "@jitsu/js", Source: "jitsu", script: "jitsu.mjs", Method: "POST", Events: 8},
		{Name: "cloudevents", Package: "cloudevents", Source: "cloudevents", script: "cloudevents.mjs", Method: "POST", Events: 10, Retries: true},
	}
}

// Send sends one visit to the collector at host with the write key. It fails when the client gives up on an event.
func (c *Client) Send(ctx context.Context, host, writeKey string, visit Visit) error {
	cmd := exec.CommandContext(ctx, c.argv[0], c.argv[1:]...)
	cmd.Env = append(os.Environ(),
		"TIDEMARK_HOST="+host, "TIDEMARK_WRITE_KEY="+writeKey, "TIDEMARK_ANONYMOUS_ID="+visit.AnonymousID,
		"TIDEMARK_USER_ID="+visit.UserID, "TIDEMARK_ORDER_ID="+visit.OrderID)
	cmd.Env = append(cmd.Env, c.env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w: %s", c.Name, err, install.Tail(out.Bytes(), 2000))
	}
	return nil
}
