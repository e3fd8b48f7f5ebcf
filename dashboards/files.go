package dashboards

import (
	"embed"
	"io/fs"
)

//go:embed gen
var gen embed.FS

// Files are the generated files: en and zh hold the boards, provisioning what Grafana reads at its start.
func Files() fs.FS {
	files, err := fs.Sub(gen, "gen")
	if err != nil { // the folder is embedded above
		panic(err)
	}
	return files
}
