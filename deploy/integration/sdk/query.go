package sdk

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"

	"tidemark/deploy/integration/install"
)

// Query runs one SELECT with clickhouse-connect against a ClickHouse HTTP URL (user and password in it, if any) and
// returns its rows, each as a JSON array.
func Query(ctx context.Context, server *url.URL, sql string) (rows []string, err error) {
	dir, err := pythonDir(ctx)
	if err != nil {
		return nil, err
	}
	user := server.User.Username()
	if user == "" {
		user = "default"
	}
	password, _ := server.User.Password()
	cmd := exec.CommandContext(ctx, interpreter(dir), filepath.Join(dir, "query.py"),
		server.Hostname(), server.Port(), user, password, sql)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("clickhouse-connect: %w: %s", err, install.Tail(errs.Bytes(), 2000))
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	return lines[1:], nil // the first is the server's version
}
