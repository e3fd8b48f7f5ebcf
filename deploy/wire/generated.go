package wire

import (
	"path"

	"tidemark/processors"
	"tidemark/schemas"
)

// GeneratedDir is the folder that holds nothing but generated files, below the root of the repository.
const GeneratedDir = "schemas/gen"

// Generated returns every file that is derived from the Go sources, by path below the root of the repository.
func Generated(metrics processors.Catalogue) (map[string][]byte, error) {
	files := metrics.Generate()
	events, err := schemas.Generate()
	if err != nil {
		return nil, err
	}
	for name, text := range events {
		files[path.Join(GeneratedDir, name)] = text
	}
	return files, nil
}
