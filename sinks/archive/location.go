package archive

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// Open returns the store at a location: a folder, or s3://bucket/prefix with these settings as its query:
// endpoint=https://host:port (by default Amazon's), region=NAME. Nothing is sent yet. Credentials come from the
// environment, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and perhaps AWS_SESSION_TOKEN, so that no command line holds them.
func Open(location string) (Store, error) {
	if location == "" {
		return nil, errors.New("no archive is named: give a folder, or s3://bucket/prefix?endpoint=https://host")
	}
	scheme, _, remote := strings.Cut(location, "://")
	if !remote {
		dir, err := filepath.Abs(location)
		return folder{dir: dir}, err
	}
	if scheme != "s3" {
		return nil, fmt.Errorf("archive at %s://: give a folder, or s3://bucket/prefix", scheme)
	}
	u, err := url.Parse(location)
	if err != nil || u.Host == "" || u.User != nil {
		return nil, errors.New("the archive's address cannot be read: it should look like s3://bucket/prefix?endpoint=https://host, without credentials")
	}
	return openBucket(u)
}

// endpoint is where the bucket is served: host:port, and whether over TLS.
func endpoint(q url.Values) (host string, secure bool, err error) {
	text := q.Get("endpoint")
	if text == "" {
		return "s3.amazonaws.com", true, nil
	}
	e, err := url.Parse(text)
	if err != nil || e.Host == "" || e.Scheme != "https" && e.Scheme != "http" || e.User != nil || strings.Trim(e.Path, "/") != "" {
		return "", false, fmt.Errorf("archive endpoint %q: it should look like https://host:port", e.Redacted())
	}
	return e.Host, e.Scheme == "https", nil
}

// known refuses settings that nobody reads, which are spelling mistakes.
func known(q url.Values) error {
	for key := range q {
		if key != "endpoint" && key != "region" {
			return fmt.Errorf("archive setting %q is unknown: there are endpoint and region", key)
		}
	}
	return nil
}

// secrets reads the credentials.
func secrets() (id, secret, token string, err error) {
	id, secret = os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY")
	if id == "" || secret == "" {
		return "", "", "", errors.New("the archive's credentials are missing: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	}
	return id, secret, os.Getenv("AWS_SESSION_TOKEN"), nil
}
