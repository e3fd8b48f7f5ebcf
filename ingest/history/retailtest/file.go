// Package retailtest finds the history on which the acceptance figures of import and rollups rest.
package retailtest

import (
	"os"
	"path/filepath"
	"testing"
)

// DataEnv names the folder that holds the file; without it, shared/data beside the repository is tried.
const DataEnv = "TIDEMARK_DATA"

const name = "online_retail_by_day.csv.gz"

// File is the path of UCI Online Retail. It is no part of the repository: where it is absent the test is skipped, and says so.
func File(t *testing.T) string {
	t.Helper()
	dir := os.Getenv(DataEnv)
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data") // seen from a package two levels down
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("SKIPPED, NOT TESTED: the acceptance figures of UCI Online Retail need %s: set %s to its folder (%v)", name, DataEnv, err)
	}
	return path
}
