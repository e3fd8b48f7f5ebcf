// Package snippet holds the script that shops put into their pages. docs/snippet.md says what it collects; its source is in
// src, and make web builds it.
package snippet

import (
	"embed"
	"errors"
	"fmt"
)

// dist holds the built script. A checkout has the folder but not the file, so that the package always compiles.
//
//go:embed all:dist
var dist embed.FS

// ErrNotBuilt is what Script says in a binary that was built without the script.
var ErrNotBuilt = errors.New("the browser snippet is not part of this binary: run make web, then build again")

// Script returns the built script.
func Script() ([]byte, error) {
	text, err := dist.ReadFile("dist/t.js")
	if err != nil {
		return nil, fmt.Errorf("%w (%w)", ErrNotBuilt, err)
	}
	return text, nil
}
