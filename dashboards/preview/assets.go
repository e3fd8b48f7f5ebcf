package preview

import (
	"embed"
	"errors"
	"io/fs"
)

// dist holds the built page. A checkout has the folder but not the files, so that the package always compiles.
//
//go:embed all:web/dist
var dist embed.FS

// errNoPage is what Assets says in a binary that was built without the page.
var errNoPage = errors.New("the page is not part of this binary: run make web, then build again")

// Assets returns the page's files (index.html, app.js, app.css, icon.svg). The error says what to do where the page was
// not built before the binary.
func Assets() (fs.FS, error) {
	files, err := fs.Sub(dist, "web/dist")
	if err != nil {
		return nil, err
	}
	if _, err := fs.Stat(files, "index.html"); err != nil {
		return nil, errNoPage
	}
	return files, nil
}
