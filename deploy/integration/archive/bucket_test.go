//go:build integration

package archive

import (
	"os/exec"
	"strings"
	"testing"

	"tidemark/deploy/integration/s3"
)

// TestBucket runs the test of sinks/archive that needs an S3 service; with a wrong secret it must fail.
func TestBucket(t *testing.T) {
	server, err := s3.Start(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer server.End()
	run := func(environ ...string) string {
		cmd := exec.CommandContext(t.Context(), "go", "test", "-tags", "integration", "-count", "1", "-v", "-run", "^TestBucket$", "tidemark/sinks/archive")
		cmd.Env = append(append(server.Environ(), "TIDEMARK_TEST_S3="+server.Location("some/prefix")), environ...)
		out, _ := cmd.CombinedOutput() // what it says is looked at
		return string(out)
	}
	if out := run(); !strings.Contains(out, "--- PASS: TestBucket") {
		t.Errorf("%s", out)
	}
	if out := run("AWS_SECRET_ACCESS_KEY=wrong"); !strings.Contains(out, "--- FAIL: TestBucket") {
		t.Errorf("a wrong secret was taken: %s", out)
	}
}
