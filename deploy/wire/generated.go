package wire

import (
	"maps"
	"path"

	"tidemark/alerts/rulefiles"
	"tidemark/dashboards"
	"tidemark/ingest/webhook"
	"tidemark/processors"
	"tidemark/schemas"
)

const schemasDir = "schemas/gen"

// GeneratedDirs are the folders that hold nothing but generated files, below the root of the repository.
func GeneratedDirs() []string {
	return []string{schemasDir, dashboards.Dir, rulefiles.GenDir, rulefiles.RunbooksDir}
}

// Generated returns every file that is derived from the Go sources, by path below the root of the repository.
func Generated(metrics processors.Catalogue) (map[string][]byte, error) {
	files := metrics.Generate()
	events, err := schemas.Generate()
	if err != nil {
		return nil, err
	}
	for name, text := range events {
		files[path.Join(schemasDir, name)] = text
	}
	maps.Copy(files, webhook.Generate())
	for _, generate := range []func(processors.Catalogue) (map[string][]byte, error){dashboards.Generate, rulefiles.Generate} {
		more, err := generate(metrics)
		if err != nil {
			return nil, err
		}
		maps.Copy(files, more)
	}
	return files, nil
}
