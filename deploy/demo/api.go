package demo

import (
	"encoding/json"
	"mime"
	"net/http"
	"time"
)

// stagedIncident is what the page shows of an incident that can be staged.
type stagedIncident struct {
	Name    string            `json:"name"`
	Title   map[string]string `json:"title"` // by language
	Running bool              `json:"running"`
	Since   *int64            `json:"since"` // epoch milliseconds; null while it does not run
}

// api serves what only a demo has: its own state, and a switch for each incident that it can stage.
type api struct {
	newest func() snapshot
	stage  *stage // nil: no simulator, nothing to stage
}

// handler answers GET /api/demo and POST /api/demo/incidents/{name}.
func (a *api) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/demo", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]any{"status": a.newest(), "incidents": a.incidents()})
	})
	mux.HandleFunc("POST /api/demo/incidents/{name}", a.post)
	return mux
}

func (a *api) incidents() []stagedIncident {
	if a.stage == nil {
		return []stagedIncident{}
	}
	one := stagedIncident{Name: PaymentOutage, Title: map[string]string{"en": "Payment outage", "zh": "支付中断"}}
	if since := a.stage.running(); !since.IsZero() {
		ms := since.UnixMilli()
		one.Running, one.Since = true, &ms
	}
	return []stagedIncident{one}
}

// post starts or ends an incident. The header, which no form of another site can send, keeps others from doing so.
func (a *api) post(w http.ResponseWriter, r *http.Request) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.Header.Get("X-Tidemark") != "1" || kind != "application/json" {
		refuse(w, http.StatusForbidden, "send Content-Type: application/json and X-Tidemark: 1")
		return
	}
	if a.stage == nil || r.PathValue("name") != PaymentOutage {
		refuse(w, http.StatusNotFound, "there is no such incident to stage; a demo with simulated shops has "+PaymentOutage)
		return
	}
	var body struct{ Run *bool }
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<10)).Decode(&body); err != nil || body.Run == nil {
		refuse(w, http.StatusBadRequest, `send {"run":true} or {"run":false}`)
		return
	}
	a.stage.set(*body.Run, time.Now())
	answer(w, http.StatusOK, a.incidents()[0])
}

func refuse(w http.ResponseWriter, status int, text string) {
	answer(w, status, map[string]string{"error": text})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a reader who has left needs no answer
}
