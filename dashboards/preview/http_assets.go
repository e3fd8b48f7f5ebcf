package preview

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"time"
)

// pages are the page's files, read once.
type pages map[string]asset

type asset struct {
	text []byte
	kind string // media type
	tag  string // changes with the text
}

var mediaTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon", ".woff2": "font/woff2", ".txt": "text/plain; charset=utf-8",
	".json": "application/json", ".map": "application/json", ".webmanifest": "application/manifest+json",
}

func readPages(files fs.FS) (pages, error) {
	out := pages{}
	err := fs.WalkDir(files, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		kind, ok := mediaTypes[path.Ext(name)]
		if !ok {
			return nil // not for browsers
		}
		text, err := fs.ReadFile(files, name)
		sum := sha256.Sum256(text)
		out[name] = asset{text: text, kind: kind, tag: fmt.Sprintf(`W/"%x"`, sum[:12])}
		return err
	})
	if _, ok := out["index.html"]; err == nil && !ok {
		err = fmt.Errorf("preview: the page has no index.html")
	}
	return out, err
}

// ServeHTTP serves the file that the rest of the path names.
func (p pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.file(r.URL.Path).ServeHTTP(w, r)
}

// file serves one file. Browsers keep it and ask whether it is still the same: the names stay when a new version comes.
func (p pages) file(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := p[name]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", a.kind)
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("ETag", a.tag)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.text))
	})
}
