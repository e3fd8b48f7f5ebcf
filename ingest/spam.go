package ingest

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// SpamReferrers are the hosts that robots name as their referrer to be looked up in somebody's statistics.
type SpamReferrers map[string]struct{}

// ReadSpamReferrers reads one host per line, subdomains included, as public lists of referrer spam have them. Empty lines
// and those that begin with # say nothing.
func ReadSpamReferrers(r io.Reader) (SpamReferrers, error) {
	out := SpamReferrers{}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		host := strings.ToLower(strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))) // an editor's mark of UTF-8
		switch {
		case host == "" || strings.HasPrefix(host, "#"):
		case strings.ContainsAny(host, " \t/:@,*"):
			return nil, fmt.Errorf("line %d: %q is no host; write one host per line, such as spam.example, which stands for www.spam.example too", n, host)
		default:
			out[strings.Trim(host, ".")] = struct{}{}
		}
	}
	return out, lines.Err()
}

// has says whether a referrer's host, or a domain that it belongs to, is listed. referrer is an address, or one without its
// scheme as in tidemark's own dialect.
func (s SpamReferrers) has(referrer string) bool {
	if len(s) == 0 {
		return false
	}
	host := locate(referrer).host
	if host == "" {
		host, _, _ = strings.Cut(strings.ToLower(strings.TrimPrefix(referrer, "//")), "/")
	}
	host, _, _ = strings.Cut(host, ":")
	for host = strings.Trim(host, "."); host != ""; {
		if _, listed := s[host]; listed {
			return true
		}
		_, host, _ = strings.Cut(host, ".")
	}
	return false
}
