//go:build integration

package archive

import (
	"maps"
	"math/rand/v2"
	"os"
	"testing"

	"tidemark/schemas"
)

// bucketEnv names a bucket of a real S3-compatible server to test against, as `tidemark archive --to` takes it, with the
// credentials in the environment.
const bucketEnv = "TIDEMARK_TEST_S3"

// TestBucket writes to a real server, twice, and reads back; deploy/integration/archive starts one and runs it.
func TestBucket(t *testing.T) {
	at := os.Getenv(bucketEnv)
	if at == "" {
		t.Fatal("no S3 server is named: set " + bucketEnv + " to s3://bucket/prefix?endpoint=http://host:port and the credentials to run this test")
	}
	store, err := Open(at)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	blocks := []schemas.Block{spanOf("orders", r, 5, 0, 60), spanOf("orders", r, 5, 60, 61)}
	insert(t, NewSink(store, nil), blocks...)
	insert(t, NewSink(store, nil), blocks...)
	got, problems := read(t, New(store), Filter{})
	if want := rowsOf(blocks...); !maps.Equal(got, want) || len(problems) > 0 {
		t.Errorf("%d rows came back of %d, or others; %v", len(got), len(want), problems)
	}
	if _, err := store.Get(t.Context(), "none"); err == nil {
		t.Error("an object that is not there was read")
	}
}
