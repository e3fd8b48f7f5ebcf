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

// pythonDir returns the virtual environment that holds the SDK, clickhouse-connect and the scripts.
func pythonDir(ctx context.Context) (string, error) {
	err := install.Need(ctx,
		install.Tool{Check: []string{"python3", "--version"}, Package: "python3"},
		install.Tool{Check: []string{"python3", "-c", "import venv, ensurepip"}, Package: "python3-venv"})
	if err != nil {
		return "", err
	}
	name := "sdk-python-" + digest("visit.json", "python/requirements.txt", "python/send.py", "python/query.py")
	return install.Dir(name, func(dir string) error {
		if err := install.Run(ctx, dir, nil, "python3", "-m", "venv", dir); err != nil {
			return err
		}
		if err := unpack(dir, "visit.json", "python/requirements.txt", "python/send.py", "python/query.py"); err != nil {
			return err
		}
		return install.Run(ctx, dir, nil, interpreter(dir), "-m", "pip", "install", "-q",
			"--disable-pip-version-check", "--no-deps", "-r", "requirements.txt")
	})
}

func interpreter(dir string) string { return filepath.Join(dir, "bin", "python") }
