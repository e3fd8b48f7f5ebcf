package embedded

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"github.com/rs/zerolog"

	"tidemark/deploy/embedded/chdb"
	"tidemark/deploy/embedded/chhttp"
)

// EngineConfig is what the engine's process needs.
type EngineConfig struct {
	Library   string // path of libchdb.so, as Library finds it
	Data      string // data directory, created if needed; one process at a time may hold it
	Listen    string // host:port of the HTTP interface
	UsersFile string // JSON object of name to chhttp.User; "" is DefaultUsers
	MaxMemory int64  // bytes for all queries together; 0 is 2 GiB
	Log       zerolog.Logger
}

// DefaultUsers are the accounts for loopback: default may do everything, grafana and analyst read only, all without a
// password.
func DefaultUsers() map[string]chhttp.User {
	reader := chhttp.User{ReadOnly: true, Settings: map[string]string{"max_execution_time": "60"}}
	return map[string]chhttp.User{"default": {}, "grafana": reader, "analyst": reader}
}

// RunEngine boots ClickHouse in this process and serves its HTTP interface until ctx ends. It is the body of the child
// process that Supervisor starts: the engine may abort and takes its process along.
func RunEngine(ctx context.Context, cfg EngineConfig) error {
	users, err := readUsers(cfg.UsersFile)
	if err != nil {
		return err
	}
	if err := checkListen(cfg.Listen, users); err != nil {
		return err
	}
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return fmt.Errorf("engine data directory: %w", err)
	}
	lock, err := lockFile(filepath.Join(cfg.Data, "lock"))
	if err != nil {
		return fmt.Errorf("engine: another process uses %s: %w", cfg.Data, err)
	}
	defer lock.Close() // which unlocks it
	options, err := prepareData(cfg)
	if err != nil {
		return err
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", cfg.Listen)
	if err != nil {
		return fmt.Errorf("engine: %w: another ClickHouse may use the port", err)
	}
	defer ln.Close() // a second close of the listener is harmless
	lib, err := chdb.Load(cfg.Library)
	if err != nil {
		return err
	}
	srv, err := chhttp.New(chhttp.Config{Library: lib, Args: options, Users: users, SpoolDir: spoolDir(cfg.Data), Log: cfg.Log})
	if err != nil {
		return fmt.Errorf("engine in %s: %w", cfg.Data, err)
	}
	defer srv.Close()
	cfg.Log.Info().Str("listen", ln.Addr().String()).Str("data", cfg.Data).Msg("engine is ready")
	return srv.Run(ctx, ln)
}

func readUsers(file string) (map[string]chhttp.User, error) {
	if file == "" {
		return DefaultUsers(), nil
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("engine users: %w", err)
	}
	users := map[string]chhttp.User{}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields() // a misspelt "readonly" would give all rights
	if err := dec.Decode(&users); err != nil {
		return nil, fmt.Errorf("engine users in %s: %w", file, err)
	}
	return users, nil
}

// checkListen keeps accounts without a password on loopback.
func checkListen(addr string, users map[string]chhttp.User) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("engine listen address: %w", err)
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	for name, u := range users {
		if u.Password == "" {
			return fmt.Errorf("engine user %q has no password: listen on 127.0.0.1 instead of %q, or give passwords in a users file", name, addr)
		}
	}
	return nil
}

// prepareData makes the directories and writes the engine's configuration, and returns its options.
func prepareData(cfg EngineConfig) ([]string, error) {
	data, err := filepath.Abs(cfg.Data)
	if err != nil {
		return nil, fmt.Errorf("engine data directory: %w", err)
	}
	spool := spoolDir(data)
	// What a killed process left there was never part of a table.
	if err := errors.Join(os.RemoveAll(spool), os.MkdirAll(spool, 0o700)); err != nil {
		return nil, fmt.Errorf("engine data directory: %w", err)
	}
	if cfg.MaxMemory == 0 {
		cfg.MaxMemory = 2 << 30
	}
	file := filepath.Join(data, "tidemark-engine.xml")
	if err := os.WriteFile(file, fmt.Appendf(nil, engineXML, cfg.MaxMemory), 0o600); err != nil {
		return nil, fmt.Errorf("engine configuration: %w", err)
	}
	return []string{"--path=" + filepath.Join(data, "store"), "--config-file=" + file}, nil
}

func spoolDir(data string) string { return filepath.Join(data, "spool") }

// engineXML holds what the engine takes from its configuration; ports, log tables and users are not among it.
const engineXML = `<clickhouse>
  <max_server_memory_usage>%d</max_server_memory_usage>
  <mark_cache_size>268435456</mark_cache_size>
  <background_pool_size>4</background_pool_size>
</clickhouse>
`
