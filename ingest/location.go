package ingest

import "strings"

// location is a URL taken apart. Only host and path are ever stored; the query is read for campaign parameters.
type location struct {
	host, path, query string
}

// locate reads an absolute URL or a bare path. It never fails: what is no URL has an empty host.
func locate(s string) (l location) {
	s, _, _ = strings.Cut(s, "#")
	s, l.query, _ = strings.Cut(s, "?")
	_, rest, absolute := strings.Cut(s, "://")
	if !absolute {
		l.path = s
		return l
	}
	slash := strings.IndexByte(rest, '/')
	if slash < 0 {
		slash = len(rest)
	}
	l.host, l.path = rest[:slash], rest[slash:]
	if at := strings.LastIndexByte(l.host, '@'); at >= 0 {
		l.host = l.host[at+1:] // a URL may carry a name and a password
	}
	l.host = strings.ToLower(l.host)
	if l.path == "" {
		l.path = "/"
	}
	return l
}
