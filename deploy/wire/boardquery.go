package wire

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"tidemark/dashboards/preview"
)

// maxAnswer bounds what one panel may read; its answer is held in memory.
const maxAnswer = 64 << 20

// BoardQuery runs the boards' SQL over ClickHouse's HTTP interface, at a DSN such as http://user:password@host:8123/db.
// It asks by GET, for which ClickHouse refuses whatever writes, whoever the user is. Errors never name the password.
func BoardQuery(dsn string) (preview.Query, error) {
	u, err := url.Parse(dsn)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, errors.New("boards read ClickHouse over HTTP: name it like http://user:password@host:8123/tidemark")
	}
	user := u.User
	settings := u.Query()
	settings.Set("default_format", "JSONCompact")
	settings.Set("date_time_output_format", "iso")
	if db := strings.Trim(u.Path, "/"); db != "" {
		settings.Set("database", db)
	}
	u.User, u.Path = nil, "/"
	return func(ctx context.Context, sql string) (preview.Result, error) {
		body, err := ask(ctx, *u, settings, user, sql)
		if err != nil {
			return preview.Result{}, err
		}
		return preview.ReadJSONCompact(bytes.NewReader(body))
	}, nil
}

// ask returns the body of an answer that is not an error.
func ask(ctx context.Context, u url.URL, settings url.Values, user *url.Userinfo, sql string) ([]byte, error) {
	u.RawQuery = settings.Encode() + "&query=" + url.QueryEscape(sql)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	if user != nil {
		password, _ := user.Password()
		r.SetBasicAuth(user.Username(), password)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		var named *url.Error // quotes the whole query
		if errors.As(err, &named) {
			err = named.Err
		}
		return nil, fmt.Errorf("ClickHouse at %s: %w", u.Host, err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("ClickHouse at %s: %w", u.Host, err)
	case answer.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("ClickHouse at %s: %.300s", u.Host, strings.TrimSpace(string(body)))
	case len(body) > maxAnswer:
		return nil, fmt.Errorf("ClickHouse at %s: the answer is above %d MB: choose a shorter range", u.Host, maxAnswer>>20)
	}
	return body, nil
}
