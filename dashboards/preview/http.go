package preview

import (
	"encoding/json"
	"net/http"

	"github.com/klauspost/compress/gzhttp"
)

// routes puts every address on one mux. The preview's own take GET only.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", s.pages.file("index.html"))
	mux.Handle("GET /assets/{file...}", http.StripPrefix("/assets/", s.pages))
	mux.HandleFunc("GET /api/boards", s.listBoards)
	mux.HandleFunc("GET /api/boards/{uid}", s.withBoard(s.showBoard))
	mux.HandleFunc("GET /api/boards/{uid}/variables", s.withAsk(s.showVariables))
	mux.HandleFunc("GET /api/boards/{uid}/panels/{id}", s.withAsk(s.showPanel))
	mux.HandleFunc("GET /api/boards/{uid}/annotations", s.withAsk(s.showAnnotations))
	mux.HandleFunc("GET /api/features", s.showFeatures)
	if h := s.cfg.Incidents; h != nil {
		for _, at := range []string{"/api/incidents", "/api/incidents/", "/api/rules", "/api/hooks/"} {
			mux.Handle(at, h)
		}
	}
	if h := s.cfg.Demo; h != nil {
		mux.Handle("/api/demo", h)
		mux.Handle("/api/demo/", h)
	}
	return s.guard(gzhttp.GzipHandler(mux))
}

func (s *Server) showFeatures(w http.ResponseWriter, r *http.Request) {
	s.reply(w, http.StatusOK, Features{Incidents: s.cfg.Incidents != nil, Demo: s.cfg.Demo != nil})
}

// reply writes JSON. What was asked for a moment ago is old: nothing keeps it.
func (s *Server) reply(w http.ResponseWriter, status int, v any) {
	text, err := json.Marshal(v)
	if err != nil {
		s.cfg.Log.Error().Err(err).Msg("preview: an answer cannot be written as JSON")
		status, text = http.StatusInternalServerError, []byte(`{"error":"internal error"}`)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(text)
}

// refuse tells the viewer what is wrong with a request.
func (s *Server) refuse(w http.ResponseWriter, status int, text string) {
	s.reply(w, status, map[string]string{"error": text})
}
