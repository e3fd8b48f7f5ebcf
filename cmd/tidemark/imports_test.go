package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "tidemark/"

// pkg is what go list says of a package.
type pkg struct {
	ImportPath string
	Standard   bool
	Imports    []string // direct, without those of tests
}

// layer is what the packages under a path may import of this module: the paths listed, and what lies under them.
type layer struct {
	path string
	may  []string
}

// layers lists the most specific path first. A package that no layer covers fails the test: new folders are a decision.
func layers() []layer {
	return []layer{
		{"schemas", nil},
		{"processors/wire", nil},
		{"processors/window", []string{"processors/wire"}},
		{"processors/agg", []string{"processors/wire"}},
		{"processors/metrics", []string{"processors", "schemas"}},
		{"processors/recompute", []string{"processors", "schemas", "sinks"}},
		{"processors/proctest", []string{"processors", "schemas", "sinks/memory"}},
		{"processors/rollup", []string{"processors", "schemas", "sinks/clickhouse"}},
		{"processors/audit", []string{"processors", "schemas", "sinks/clickhouse"}},
		{"processors", []string{"processors/window", "processors/agg", "processors/wire", "schemas"}},
		{"ingest", []string{"schemas"}},
		{"dashboards/preview", []string{"dashboards", "schemas"}},
		{"dashboards", []string{"processors", "schemas"}},
		{"alerts/incident", []string{"alerts", "schemas"}},
		{"alerts/deliver", []string{"alerts", "processors", "schemas"}},
		{"alerts/rulefiles", []string{"alerts", "processors", "schemas"}},
		{"alerts/store", []string{"alerts", "processors", "schemas", "sinks/clickhouse"}},
		{"alerts/hub", []string{"alerts", "processors", "schemas"}},
		{"alerts", []string{"processors", "schemas"}},
		{"sinks/clickhouse", []string{"schemas", "sinks"}},
		{"sinks/memory", []string{"schemas", "sinks"}},
		{"sinks/archive", []string{"schemas", "sinks"}},
		{"sinks/sinktest", []string{"processors", "schemas", "sinks"}}, // the suite speaks of processors.Sink
		{"sinks", []string{"schemas"}},
		{"deploy", []string{"schemas", "processors", "ingest", "sinks", "dashboards", "alerts", "deploy"}},
		{"cmd", []string{"schemas", "processors", "ingest", "sinks", "dashboards", "alerts", "deploy", "cmd"}},
	}
}

// owners lists the libraries that only one part of the program may import, so that each can be replaced in one place.
func owners() map[string][]string {
	kafka := []string{"ingest", "processors", "deploy", "cmd"}
	return map[string][]string{
		"github.com/ClickHouse/":               {"sinks/clickhouse", "deploy/embedded", "deploy/integration"},
		"github.com/ebitengine/purego":         {"deploy/embedded/chdb"},
		"github.com/twmb/franz-go/pkg/kfake":   {"deploy/embedded"},
		"github.com/twmb/franz-go/":            kafka,
		"github.com/alecthomas/kong":           {"cmd"},
		"github.com/expr-lang/":                {"ingest/history"},
		"github.com/apache/arrow/":             {"ingest/history", "sinks/archive"},
		"github.com/grafana/":                  {"dashboards"},
		"github.com/chromedp/":                 {"deploy/integration"},
		"github.com/rs/zerolog":                {"ingest", "processors", "sinks/clickhouse", "dashboards/preview", "alerts/deliver", "alerts/hub", "deploy", "cmd"},
		"github.com/prometheus/client_golang/": {"ingest", "processors", "sinks/clickhouse", "sinks/archive", "dashboards/preview", "alerts/deliver", "alerts/hub", "deploy", "cmd"},
		"github.com/minio/minio-go/":           {"sinks/archive"},
	}
}

// pure are the packages that may import each other and the standard library only, and of that neither clock nor network nor files.
func pure() []string { return []string{"processors/wire", "processors/window", "processors/agg"} }

func TestImportDirection(t *testing.T) {
	for _, p := range listPackages(t) {
		own := strings.TrimPrefix(p.ImportPath, module)
		i := slices.IndexFunc(layers(), func(l layer) bool { return under(own, l.path) })
		if i < 0 {
			t.Errorf("%s belongs to no layer: give it one here, or move it", own)
			continue
		}
		for _, imported := range p.Imports {
			if wrong := violation(own, layers()[i], imported); wrong != "" {
				t.Error(wrong)
			}
		}
	}
}

// violation says which rule an import breaks, or nothing.
func violation(own string, l layer, imported string) string {
	if inner, ok := strings.CutPrefix(imported, module); ok {
		if !under(inner, l.path) && !slices.ContainsFunc(l.may, func(m string) bool { return under(inner, m) }) {
			return fmt.Sprintf("%s imports %s: packages under %s may import only %v", own, inner, l.path, l.may)
		}
		return ""
	}
	if slices.Contains(pure(), own) {
		if strings.Contains(imported, ".") || slices.Contains([]string{"net", "net/http", "os", "context", "log", "sync"}, imported) {
			return fmt.Sprintf("%s is pure and imports %s", own, imported)
		}
	}
	longest := ""
	for library := range owners() {
		if strings.HasPrefix(imported, library) && len(library) > len(longest) {
			longest = library
		}
	}
	if longest != "" && !slices.ContainsFunc(owners()[longest], func(o string) bool { return under(own, o) }) {
		return fmt.Sprintf("%s imports %s: only %v may", own, imported, owners()[longest])
	}
	return ""
}

func under(path, folder string) bool { return path == folder || strings.HasPrefix(path, folder+"/") }

// listPackages asks the go command for the module's packages.
func listPackages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-deps", "-json=ImportPath,Standard,Imports", module+"...").Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Logf("%s", exit.Stderr)
		}
		t.Fatalf("go list: %v", err)
	}
	var packages []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(p.ImportPath, module) && !p.Standard {
			packages = append(packages, p)
		}
	}
	if len(packages) < 10 {
		t.Fatalf("go list names only %d packages of the module", len(packages))
	}
	return packages
}

// TestImportRulesBite makes sure that the test above can fail.
func TestImportRulesBite(t *testing.T) {
	for _, tt := range []struct{ own, imported string }{
		{"schemas", "tidemark/processors"},
		{"processors/window", "tidemark/schemas"},
		{"processors/agg", "os"},
		{"processors", "tidemark/sinks/clickhouse"},
		{"ingest", "tidemark/processors"},
		{"processors", "github.com/ClickHouse/clickhouse-go/v2"},
		{"deploy/demo", "github.com/twmb/franz-go/pkg/kfake"},
	} {
		i := slices.IndexFunc(layers(), func(l layer) bool { return under(tt.own, l.path) })
		if violation(tt.own, layers()[i], tt.imported) == "" {
			t.Errorf("%s may import %s", tt.own, tt.imported)
		}
	}
}
