package dashboards

import (
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"tidemark/processors/metrics"
)

func TestProvisioning(t *testing.T) {
	files := provisioning(metrics.All())
	var source struct {
		Datasources []struct {
			UID, Type      string
			JSONData       map[string]any    `yaml:"jsonData"`
			SecureJSONData map[string]string `yaml:"secureJsonData"`
		}
	}
	if err := yaml.Unmarshal(files["provisioning/datasources/tidemark.yaml"], &source); err != nil {
		t.Fatal(err)
	}
	if d := source.Datasources; len(d) != 1 || d[0].UID != "clickhouse" || d[0].Type != plugin || d[0].JSONData["defaultDatabase"] != database {
		t.Errorf("data source: %+v", d)
	}
	for name, secret := range source.Datasources[0].SecureJSONData {
		if !strings.HasPrefix(secret, "$__env{") {
			t.Errorf("%s does not come from the environment", name)
		}
	}
	var boards struct {
		Providers []struct {
			Name, Folder   string
			FolderUID      string `yaml:"folderUid"`
			AllowUIUpdates bool   `yaml:"allowUiUpdates"`
			Options        struct{ Path string }
		}
	}
	if err := yaml.Unmarshal(files["provisioning/dashboards/tidemark.yaml"], &boards); err != nil {
		t.Fatal(err)
	}
	if len(boards.Providers) != len(languages()) {
		t.Fatalf("providers: %+v", boards.Providers)
	}
	for i, l := range languages() {
		p := boards.Providers[i]
		if p.AllowUIUpdates || p.FolderUID != "tidemark-"+string(l) || !strings.HasSuffix(p.Options.Path, "/"+string(l)) {
			t.Errorf("provider: %+v", p)
		}
	}
}

// Grafana's user may read every table that a board's SQL names, and no raw event.
func TestUserReadsWhatBoardsRead(t *testing.T) {
	sql := string(provisioning(metrics.All())["provisioning/clickhouse/grafana.sql"])
	for _, part := range []string{"readonly = 1", "max_execution_time = 60 CHANGEABLE_IN_READONLY", "HOST NONE"} {
		if !strings.Contains(sql, part) {
			t.Errorf("%q is missing", part)
		}
	}
	if strings.Contains(sql, "events_") || strings.Contains(sql, "tidemark.*") {
		t.Error("more may be read than the boards need")
	}
	for _, f := range readBoards(t, Files()) {
		for _, s := range f.statements() {
			for _, m := range fromTable.FindAllStringSubmatch(strings.ReplaceAll(s.sql, "FILL FROM", ""), -1) {
				if !strings.Contains(sql, "GRANT SELECT ON "+database+"."+m[1]+" TO") {
					t.Errorf("%s reads %s, which the user may not", s.where, m[1])
				}
			}
		}
	}
}
