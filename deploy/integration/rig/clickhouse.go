package rig

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// ClickHouse asks a server over HTTP, without the client library that the program under test uses.
type ClickHouse struct {
	// URL of the server, with user, password and database in it where it wants them, as in http://user:secret@host:8123/?database=db.
	URL *url.URL
}

// Query runs a SELECT and returns its rows as text, in ClickHouse's tab-separated escapes.
func (c ClickHouse) Query(ctx context.Context, sql string) ([][]string, error) {
	body, err := c.ask(ctx, sql+" FORMAT TabSeparated")
	if err != nil {
		return nil, err
	}
	var rows [][]string
	for line := range strings.Lines(body) {
		rows = append(rows, strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
	}
	return rows, nil
}

// Exec runs a statement without a result.
func (c ClickHouse) Exec(ctx context.Context, sql string) error {
	_, err := c.ask(ctx, sql)
	return err
}

func (c ClickHouse) ask(ctx context.Context, sql string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL.String(), strings.NewReader(sql))
	if err != nil {
		return "", err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return "", err
	}
	if answer.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s: %s: %.500s", sql, answer.Status, body)
	}
	return string(body), nil
}

// Table runs a SELECT whose first keys columns identify a row.
func (c ClickHouse) Table(ctx context.Context, sql string, keys int) (map[string][]string, error) {
	all, err := c.Query(ctx, sql)
	if err != nil {
		return nil, err
	}
	rows := make(map[string][]string, len(all))
	for _, row := range all {
		key := strings.Join(row[:keys], " ")
		if _, twice := rows[key]; twice {
			return nil, fmt.Errorf("%s: two rows have the key %s", sql, key)
		}
		rows[key] = row[keys:]
	}
	return rows, nil
}
