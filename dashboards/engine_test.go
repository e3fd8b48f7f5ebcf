package dashboards_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/rs/zerolog"

	"tidemark/dashboards"
	"tidemark/dashboards/preview"
)

// answers records how many rows each statement returned.
type answers struct {
	mu   sync.Mutex
	rows map[string]int
}

// viewer reads the boards through the preview server, whose SQL runs on the real engine.
type viewer struct {
	*world
	t       *testing.T
	handler http.Handler
	answers answers
}

func (w *world) view(t *testing.T) *viewer { return w.viewOf(t, dashboards.Files()) }

// viewOf shows other boards than the committed ones.
func (w *world) viewOf(t *testing.T, boards fs.FS) *viewer {
	t.Helper()
	v := &viewer{world: w, t: t, answers: answers{rows: map[string]int{}}}
	s, err := preview.New(preview.Config{
		Boards: boards, Query: v.query, Assets: fstest.MapFS{"index.html": {Data: []byte("page")}},
		Log: zerolog.New(zerolog.NewTestWriter(t)),
	})
	if err != nil {
		t.Fatal(err)
	}
	v.handler = s.Handler()
	return v
}

func (v *viewer) query(ctx context.Context, sql string) (preview.Result, error) {
	body, err := v.ask(ctx, sql+"\nFORMAT JSONCompact")
	if err != nil {
		return preview.Result{}, err
	}
	r, err := preview.ReadJSONCompact(bytes.NewReader(body))
	v.answers.mu.Lock()
	defer v.answers.mu.Unlock()
	v.answers.rows[sql] = len(r.Rows)
	return r, err
}

// get asks the preview for something of a board.
func get[T any](v *viewer, board, what, choice string) T {
	v.t.Helper()
	q := url.Values{"from": {"now-1h"}, "to": {"now"}, "width": {"1200"}}
	more, err := url.ParseQuery(choice)
	if err != nil {
		v.t.Fatal(err)
	}
	for name, values := range more {
		q[name] = values
	}
	r := httptest.NewRequest(http.MethodGet, "/api/boards/tidemark-"+board+"-en"+what+"?"+q.Encode(), nil)
	w := httptest.NewRecorder()
	v.handler.ServeHTTP(w, r)
	var out T
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || w.Code != http.StatusOK {
		v.t.Fatalf("%s %s: %d %v %s", board, what, w.Code, err, w.Body)
	}
	return out
}

// draw reads every panel of a board.
func (v *viewer) draw(board, choice string) map[string]preview.Data {
	v.t.Helper()
	out := map[string]preview.Data{}
	for _, p := range get[preview.Board](v, board, "", choice).Panels {
		if p.Type == "row" {
			continue
		}
		d := get[preview.Data](v, board, fmt.Sprintf("/panels/%d", p.ID), choice)
		if d.Error != "" {
			v.t.Errorf("%s, panel %q: %s", board, p.Title, d.Error)
		}
		out[p.Type+" "+p.Title] = d
	}
	return out
}

// boardIDs are the boards that are there.
func boardIDs() []string { return []string{"live", "marketing", "customers", "logistics", "pipeline"} }

// TestBoards reads the boards of two shops that have been selling for ninety minutes.
func TestBoards(t *testing.T) {
	w := newWorld(t, "selling")
	w.days()
	w.count(append(w.trade(), w.parcels()...))
	w.rollUp()
	w.markLate()
	w.alert()
	t.Run("every statement returns rows", func(t *testing.T) { everyStatement(t, w.view(t)) })
	t.Run("figures of today", func(t *testing.T) { figuresOfToday(t, w.view(t)) })
	t.Run("figures over time", func(t *testing.T) { figuresOverTime(t, w.view(t)) })
	t.Run("sessions", func(t *testing.T) { sessions(t, w.view(t)) })
	t.Run("a chosen channel", func(t *testing.T) { chosenChannel(t, w.view(t)) })
	t.Run("every kind of panel", func(t *testing.T) { everyKind(t, w) })
	t.Run("rollups", func(t *testing.T) { rollups(t, w.view(t)) })
	t.Run("accounts", func(t *testing.T) { accountsAddUp(t, w) })
	t.Run("links", func(t *testing.T) { links(t, w.view(t)) })
}

// everyStatement makes sure that every SQL text returns rows: of panels, bands, variables and marks.
func everyStatement(t *testing.T, v *viewer) {
	for _, board := range boardIDs() {
		v.draw(board, "var-shop=chaye")
		for _, variable := range get[[]preview.Variable](v, board, "/variables", "var-shop=chaye") {
			if len(variable.Options) == 0 && variable.Name != "datasource" {
				t.Errorf("%s: variable %s has no options", board, variable.Name)
			}
		}
		if marks := get[[]preview.Annotation](v, board, "/annotations", "var-shop=chaye"); len(marks) == 0 {
			t.Errorf("%s: no incident is marked", board)
		}
	}
	if len(v.answers.rows) < 40 {
		t.Errorf("only %d statements ran", len(v.answers.rows))
	}
	for sql, rows := range v.answers.rows {
		if rows == 0 {
			t.Errorf("no rows:\n%s", sql)
		}
	}
}

// An installation without a single event shows empty boards, not errors.
func TestEmptyInstallation(t *testing.T) {
	v := newWorld(t, "empty").view(t)
	for _, board := range boardIDs() {
		v.draw(board, "var-shop=chaye")
	}
}
