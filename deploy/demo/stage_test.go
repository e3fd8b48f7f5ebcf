package demo

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// newStage returns a stage and the calls that it makes.
func newStage() (*stage, *[]bool, *[]string) {
	var calls []bool
	var said []string
	return &stage{fail: func(fail bool) { calls = append(calls, fail) }, say: func(text string) { said = append(said, text) }}, &calls, &said
}

func TestStageIsASwitch(t *testing.T) {
	s, calls, said := newStage()
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	for i, run := range []bool{false, true, true, false, false} {
		s.set(run, noon.Add(time.Duration(i)*time.Minute))
		if want := map[bool]time.Time{true: noon.Add(time.Minute)}[run]; !s.running().Equal(want) {
			t.Errorf("step %d: running since %s, want %s", i, s.running(), want)
		}
	}
	if !slices.Equal(*calls, []bool{true, false}) || len(*said) != 2 {
		t.Errorf("calls %v, said %q", *calls, *said)
	}
}

func TestStageByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, calls, _ := newStage()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		begin := time.Now()
		judged := func(context.Context) bool { return time.Since(begin) > 12*time.Minute }
		ended := make(chan error, 1)
		go func() { ended <- s.byItself(ctx, judged) }()
		for _, step := range []struct {
			at   time.Duration
			want []bool
		}{
			{12 * time.Minute, nil},
			{12*time.Minute + 2*stageEvery, []bool{true}},
			{12*time.Minute + outageLength - stageEvery, []bool{true}},
			{12*time.Minute + outageLength + 2*stageEvery, []bool{true, false}},
			{3 * time.Hour, []bool{true, false}},
		} {
			time.Sleep(time.Until(begin.Add(step.at)))
			synctest.Wait()
			if !slices.Equal(*calls, step.want) {
				t.Errorf("after %s: %v, want %v", step.at, *calls, step.want)
			}
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// A demo that is stopped leaves no outage half ended, and does not wait for one.
func TestStageByItselfStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, after := range []time.Duration{time.Second, time.Minute} {
			s, _, _ := newStage()
			ctx, cancel := context.WithTimeout(t.Context(), after)
			err := s.byItself(ctx, func(context.Context) bool { return after > time.Second })
			cancel()
			if err != nil {
				t.Error(err)
			}
		}
	})
}

func TestAPI(t *testing.T) {
	s, calls, _ := newStage()
	h := (&api{newest: func() snapshot { return snapshot{Truth: "ok", Shops: []shopFigures{{Shop: "<script>"}}} }, stage: s}).handler()
	call := func(method, path, body string, headers ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	ours := []string{"Content-Type", "application/json; charset=utf-8", "X-Tidemark", "1"}
	const path = "/api/demo/incidents/" + PaymentOutage
	for _, tt := range []struct {
		path, body string
		headers    []string
		want       int
	}{
		{path, `{"run":true}`, nil, http.StatusForbidden},
		{path, `{"run":true}`, ours[:2], http.StatusForbidden},
		{path, `{"run":true}`, []string{"Content-Type", "text/plain", "X-Tidemark", "1"}, http.StatusForbidden},
		{path, `{"ru`, ours, http.StatusBadRequest},
		{path, `{}`, ours, http.StatusBadRequest},
		{path, `{"run":"` + strings.Repeat("x", 2000) + `"}`, ours, http.StatusBadRequest},
		{"/api/demo/incidents/flood", `{"run":true}`, ours, http.StatusNotFound},
	} {
		w := call("POST", tt.path, tt.body, tt.headers...)
		if w.Code != tt.want || !strings.Contains(w.Body.String(), `"error"`) || len(*calls) > 0 {
			t.Errorf("%s %.20s %v: %d %s", tt.path, tt.body, tt.headers, w.Code, w.Body)
		}
	}
	if w := call("POST", path, `{"run":true}`, ours...); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"running":true,"since":1`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	w := call("GET", "/api/demo", "")
	var got struct {
		Status    snapshot
		Incidents []stagedIncident
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got.Status.Truth != "ok" || len(got.Incidents) != 1 || !got.Incidents[0].Running {
		t.Errorf("%v in %s", err, w.Body)
	}
	if strings.Contains(w.Body.String(), "<script>") || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("not safe: %v %s", w.Header(), w.Body)
	}
	if w := call("POST", path, `{"run":false}`, ours...); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"running":false,"since":null`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if !slices.Equal(*calls, []bool{true, false}) {
		t.Errorf("calls %v", *calls)
	}
}

func TestAPIWithoutSimulator(t *testing.T) {
	h := (&api{newest: func() snapshot { return snapshot{} }}).handler()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/api/demo", nil))
	if !strings.Contains(w.Body.String(), `"incidents":[]`) {
		t.Errorf("%s", w.Body)
	}
	r := httptest.NewRequest("POST", "/api/demo/incidents/"+PaymentOutage, strings.NewReader(`{"run":true}`))
	r.Header.Set("X-Tidemark", "1")
	r.Header.Set("Content-Type", "application/json")
	w = httptest.NewRecorder()
	if h.ServeHTTP(w, r); w.Code != http.StatusNotFound {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
