package embedded_test

import (
	"os"
	"testing"
)

// TestMain lets the test binary play the child processes that the tests kill.
func TestMain(m *testing.M) {
	switch {
	case os.Getenv(parentEnv) != "":
		parent()
	case os.Getenv(engineChildEnv) != "":
		engineChild()
	case os.Getenv(kafkaChildEnv) != "":
		kafkaChild()
	default:
		os.Exit(m.Run())
	}
}
