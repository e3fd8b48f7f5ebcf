// Command report writes docs/reliability.md from the list of chaos cells and their last results. Run it in the root of the
// repository.
package main

import (
	"fmt"
	"os"

	"tidemark/deploy/integration/chaos"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "report: "+err.Error())
		os.Exit(1)
	}
}

func run() error {
	text, err := os.ReadFile(chaos.ResultsFile)
	if err != nil {
		return fmt.Errorf("%w; run it in the root of the repository, after make chaos", err)
	}
	results, err := chaos.ParseResults(text)
	if err != nil {
		return fmt.Errorf("%s: %w", chaos.ResultsFile, err)
	}
	return os.WriteFile(chaos.DocumentFile, chaos.Document(results), 0o644)
}
