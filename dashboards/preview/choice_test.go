package preview

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
)

// asked is a query function that answers by what the SQL begins with, and records what it was asked.
type asked struct {
	mu  sync.Mutex
	sql []string
}

func (a *asked) query(_ context.Context, sql string) (Result, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sql = append(a.sql, sql)
	switch {
	case strings.HasPrefix(sql, "SELECT shop, name"):
		return result("shop String;name String", []any{"chaye", "山间茶叶"}, []any{"chaye", "again"}, []any{nil, "none"}, []any{"kiefer", ""}), nil
	case strings.HasPrefix(sql, "SELECT DISTINCT channel"):
		return result("channel String", []any{"app"}, []any{"we'b"}), nil
	}
	return Result{}, nil
}

func (a *asked) last() string { return a.sql[len(a.sql)-1] }

func TestChoose(t *testing.T) {
	var a asked
	s := testServer(t, a.query, nil)
	var vars []Variable
	if err := json.Unmarshal(call(t, s, "GET", "/api/boards/tidemark-test-en/variables").Body.Bytes(), &vars); err != nil {
		t.Fatal(err)
	}
	shop := vars[0]
	if shop.Current[0] != "chaye" || len(shop.Options) != 2 || shop.Options[0] != (Option{"chaye", "山间茶叶"}) || shop.Options[1] != (Option{"kiefer", "kiefer"}) {
		t.Errorf("the first option where nothing is chosen: %+v", shop)
	}
	if !strings.Contains(a.last(), "shop = 'chaye'") {
		t.Errorf("a variable's query knows those above it: %s", a.last())
	}
	call(t, s, "GET", "/api/boards/tidemark-test-en/panels/4?var-shop=x")
	if !strings.Contains(a.last(), "shop = 'x'") {
		t.Errorf("what is chosen comes first: %s", a.last())
	}
}

// Where SQL wants every option by name, "all" is written out.
func TestAllByName(t *testing.T) {
	var a asked
	text := strings.Replace(testBoard, "SELECT max(orders) AS most FROM sales WHERE shop = ${shop:singlequote}", "SELECT max(orders) AS most FROM sales WHERE channel IN (${channel:singlequote}) AND device IN (${device:singlequote})", 1)
	s := testServer(t, a.query, func(c *Config) { c.Boards = fstest.MapFS{"en/test.json": {Data: []byte(text)}} })
	call(t, s, "GET", "/api/boards/tidemark-test-en/panels/4")
	if want := `channel IN ('app','we\'b') AND device IN ('phone','desktop')`; !strings.Contains(a.last(), want) {
		t.Errorf("%s, want %s", a.last(), want)
	}
}

func TestFixedOptions(t *testing.T) {
	const options = `"name": "device", "options": [{"selected": true, "text": ["All"], "value": ["$__all"]}, {"selected": false, "text": "Phone", "value": "phone"}], `
	b, err := parseBoard("en/test.json", []byte(strings.Replace(testBoard, `"name": "device", `, options, 1)))
	if err != nil {
		t.Fatal(err)
	}
	if got := b.variables[2].fixed; len(got) != 1 || got[0] != (Option{"phone", "Phone"}) {
		t.Errorf("%+v", got)
	}
	bad := strings.Replace(options, `"value": "phone"`, `"value": ["a", "b"]`, 1)
	if _, err := parseBoard("en/test.json", []byte(strings.Replace(testBoard, `"name": "device", `, bad, 1))); err == nil {
		t.Error("an option with two values")
	}
}

// A query that takes too long says so in the board's language.
func TestExplain(t *testing.T) {
	s := testServer(t, nothing, nil)
	for lang, want := range map[string][2]string{"en": {"took too long", "cannot be read"}, "zh": {"查询超时", "暂时无法读取数据"}} {
		b := &board{Board: Board{BoardLink: BoardLink{Lang: lang}}}
		if got := s.explain(t.Context(), b, 1, context.DeadlineExceeded); !strings.Contains(got, want[0]) {
			t.Error(got)
		}
		if got := s.explain(t.Context(), b, 1, context.Canceled); !strings.Contains(got, want[1]) {
			t.Error(got)
		}
	}
}
