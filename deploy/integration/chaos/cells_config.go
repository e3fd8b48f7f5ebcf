package chaos

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tidemark/deploy/integration/child"
	"tidemark/deploy/integration/rig"
)

// misuse is a change of a good command line, and what the program must say to it.
type misuse struct {
	program  string // fast, land, collect or apply
	flag     string // whose value is replaced or, where it is absent, added
	value    string
	expected string // in what the program says
}

// wrong lists settings with which no program may start.
func wrong(dir string) []misuse {
	missing, bad := filepath.Join(dir, "missing.yaml"), filepath.Join(dir, "bad.yaml")
	return []misuse{
		{"fast", "--brokers", "nowhere", "is no host:port"},
		{"fast", "--brokers", ":9092", "is no host:port"},
		{"fast", "--brokers", "127.0.0.1:1", "connection refused"},
		{"fast", "--clickhouse", "127.0.0.1:8123", "DSN cannot be read"},
		{"fast", "--clickhouse", "mysql://127.0.0.1/tidemark", "DSN cannot be read"},
		{"fast", "--clickhouse", "http://127.0.0.1:1/tidemark", "connection refused"},
		{"fast", "--group", "quick", "must be one of"},
		{"fast", "--shops", missing, "missing.yaml"},
		{"fast", "--shops", bad, "bad.yaml"},
		{"fast", "--session-timeout", "10ms", "--session-timeout"},
		{"fast", "--session-timeout", "soon", "--session-timeout"},
		{"fast", "--admin", "127.0.0.1:99999", "99999"},
		{"fast", "--failpoint", "lunch:1", "--failpoint"},
		{"fast", "--log-level", "loud", "--log-level"},
		{"fast", "--no-such-flag", "1", "--no-such-flag"},
		{"land", "--record-time", "wall", "--record-time"},
		{"land", "--clickhouse", "http://nobody:wrong@{engine}/tidemark", "ClickHouse"},
		{"collect", "--shops", bad, "bad.yaml"},
		{"collect", "--proxies", "10.0.0.0", "is no network"},
		{"collect", "--listen", "127.0.0.1:99999", "99999"},
		{"apply", "--partitions", "0", "partitions"},
	}
}

// wrongSettings starts each wrong command line, and as the control the good ones that they are made of.
func wrongSettings(ctx context.Context, p *Play) (refused, accepted int, err error) {
	if err := os.WriteFile(filepath.Join(p.dir, "bad.yaml"), []byte("shops:\n  - id: [\n"), 0o600); err != nil {
		return 0, 0, err
	}
	good := map[string][]string{
		"fast": p.Argv("fast"), "land": p.Argv("land"), "apply": p.Programs.Apply(), "collect": p.Programs.Collect("127.0.0.1:0", "127.0.0.1:0"),
	}
	for i, s := range wrong(p.dir) {
		s.value = strings.ReplaceAll(s.value, "{engine}", p.Engine.Addr)
		text, err := ends(ctx, p, fmt.Sprintf("wrong-%d", i+1), replaced(good[s.program], s.flag, s.value))
		if err != nil {
			return refused, 0, fmt.Errorf("%s %s %s: %w", s.program, s.flag, s.value, err)
		}
		if !strings.Contains(text, "exit status") || !strings.Contains(text, s.expected) {
			return refused, 0, fmt.Errorf("%s %s %s: want %q, got %s", s.program, s.flag, s.value, s.expected, text)
		}
		refused++
	}
	p.Hit(refused, "wrong settings refused, each with its name or value")
	for _, program := range []string{"fast", "land", "collect"} {
		if err := starts(ctx, p, program, good[program]); err != nil {
			return refused, accepted, err
		}
		accepted++
	}
	return refused, accepted, nil
}

func replaced(argv []string, flag, value string) []string {
	argv = slices.Clone(argv)
	if i := slices.Index(argv, flag); i >= 0 {
		argv[i+1] = value
		return argv
	}
	return append(argv, flag, value)
}

// starts wants a program to become ready.
func starts(ctx context.Context, p *Play, program string, argv []string) error {
	admin, err := rig.FreeAddr()
	if err != nil {
		return err
	}
	process, err := child.Start(program, filepath.Join(p.dir, "right-"+program+".log"), nil, replaced(argv, "--admin", admin)...)
	if err != nil {
		return err
	}
	defer process.End()
	return rig.WaitHTTP(ctx, process, "http://"+admin+"/readyz")
}
