package wire

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
	"path"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"

	"tidemark/alerts/rulefiles"
	"tidemark/processors"
)

// DocsPath is where Docs is to be mounted: its pages have the paths of their files in the repository.
const DocsPath = "/docs/"

// RunbookAt says where the page of a rule is on a server that mounts Docs.
func RunbookAt(base string) func(rule string) string {
	return func(rule string) string {
		return strings.TrimSuffix(base, "/") + "/" + path.Join(rulefiles.RunbooksDir, rule+".md")
	}
}

// Docs serves the metric dictionary and the runbooks as pages for people, so that a message at night leads to something
// that can be read on a phone.
func Docs(metrics processors.Catalogue) (http.Handler, error) {
	files, err := Generated(metrics)
	if err != nil {
		return nil, err
	}
	pages := map[string][]byte{}
	for name, text := range files {
		if strings.HasPrefix(name, "docs/") && path.Ext(name) == ".md" {
			if pages["/"+name], err = page(text); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, ok := pages[r.URL.Path]
		if !ok || r.Method != http.MethodGet && r.Method != http.MethodHead {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		_, _ = w.Write(text)
	}), nil
}

// grafanaLinks are links that lead nowhere on the preview's own server.
var grafanaLinks = regexp.MustCompile(`, \[Grafana [a-z]+\]\([^)]*\)`)

var frame = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{{.Title}}</title>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.6 system-ui, "Noto Sans CJK SC", sans-serif; max-width: 56rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
table { border-collapse: collapse; } td, th { border: 1px solid #8886; padding: .3rem .6rem; text-align: left; vertical-align: top; }
code { background: #8882; padding: 0 .2rem; } a { color: LinkText; }
</style>
<nav><a href="/">tidemark</a></nav>
<main>{{.Body}}</main>
</html>
`))

// page turns one generated Markdown file into a page. Its text is ours; goldmark leaves raw HTML out all the same.
func page(markdown []byte) ([]byte, error) {
	text := strings.ReplaceAll(string(markdown), rulefiles.Site, "")
	text = grafanaLinks.ReplaceAllString(text, "")
	var body, out bytes.Buffer
	if err := goldmark.New(goldmark.WithExtensions(extension.Table)).Convert([]byte(text), &body); err != nil {
		return nil, err
	}
	_, title, _ := strings.Cut("\n"+text, "\n# ")
	title, _, _ = strings.Cut(title, "\n")
	err := frame.Execute(&out, struct {
		Title string
		Body  template.HTML
	}{title, template.HTML(body.String())})
	return out.Bytes(), err
}
