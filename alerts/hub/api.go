package hub

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"

	"tidemark/alerts/incident"
	"tidemark/schemas"
)

const (
	maxAction   = 64 << 10 // bytes of a body
	maxHook     = 1 << 20
	usualLimit  = 100
	highLimit   = 1000
	guardHeader = "X-Tidemark" // a page of another origin cannot set it without being asked
)

// Handler serves the incident API:
//
//	GET  /api/incidents?state=active|all&limit=100   [incident.View], newest first
//	GET  /api/incidents/{id}                         incident.View with events
//	POST /api/incidents/{id}/{acknowledge|handling|note|resolve|review}   incident.Action -> incident.View with events;
//	                                                 202 where it is done but not stored yet
//	GET  /api/rules                                  [incident.Report]
//	POST /api/hooks/{grafana|alertmanager}           their webhooks, with a bearer token
//
// Errors are {"error": "..."}: 400, 404 and 409 say what is wrong with an action, 503 that incidents have not been read
// yet, 421 that another host was asked for (Config.Loopback). POSTs of people need Content-Type application/json and the header X-Tidemark: 1. Who may call is up to what it is
// mounted behind.
func (h *Hub) Handler() http.Handler {
	mux := http.NewServeMux()
	route(mux, "GET", "/api/incidents", h.list)
	route(mux, "GET", "/api/incidents/{id}", h.show)
	route(mux, "POST", "/api/incidents/{id}/{action}", h.act)
	route(mux, "GET", "/api/rules", h.rules)
	route(mux, "POST", "/api/hooks/{source}", h.hook)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { fail(w, http.StatusNotFound, "no such path") })
	return h.guard(mux)
}

// route answers other methods in the API's own form.
func route(mux *http.ServeMux, method, path string, handle http.HandlerFunc) {
	mux.HandleFunc(method+" "+path, handle)
	mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Allow", method)
		fail(w, http.StatusMethodNotAllowed, "use "+method)
	})
}

func (h *Hub) list(w http.ResponseWriter, r *http.Request) {
	limit := usualLimit
	if text := r.FormValue("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > highLimit {
			fail(w, http.StatusBadRequest, fmt.Sprintf("limit must be a number from 1 to %d", highLimit))
			return
		}
		limit = n
	}
	state := r.FormValue("state")
	if state != "" && state != "active" && state != "all" {
		fail(w, http.StatusBadRequest, "state must be active or all")
		return
	}
	h.read(w, func() (any, bool) { return h.book.Views(state != "all", limit), true })
}

func (h *Hub) show(w http.ResponseWriter, r *http.Request) {
	h.read(w, func() (any, bool) { return h.viewOf(r.PathValue("id")) })
}

func (h *Hub) viewOf(id string) (any, bool) { return h.book.View(id) }

func (h *Hub) rules(w http.ResponseWriter, _ *http.Request) {
	h.read(w, func() (any, bool) { return h.book.Reports(), true })
}

// read answers with what get finds in the book.
func (h *Hub) read(w http.ResponseWriter, get func() (any, bool)) {
	v, loaded, ok := h.look(get)
	switch {
	case !loaded:
		notLoaded(w)
	case !ok:
		fail(w, http.StatusNotFound, incident.ErrUnknown.Error())
	default:
		reply(w, http.StatusOK, v)
	}
}

// look asks the book, and says whether that has been read yet.
func (h *Hub) look(get func() (any, bool)) (v any, loaded, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock() // a panic must not keep the hub locked
	v, ok = get()
	return v, h.loaded, ok
}

// actions are what people can do, by the last part of the path.
func actions(name string) (incident.Kind, bool) {
	k, ok := map[string]incident.Kind{
		"acknowledge": incident.Acknowledged, "handling": incident.Handling, "note": incident.Noted,
		"resolve": incident.Resolved, "review": incident.Reviewed,
	}[name]
	return k, ok
}

func (h *Hub) act(w http.ResponseWriter, r *http.Request) {
	kind, ok := actions(r.PathValue("action"))
	if !ok {
		fail(w, http.StatusNotFound, "no such action: use acknowledge, handling, note, resolve or review")
		return
	}
	if r.Header.Get(guardHeader) != "1" {
		fail(w, http.StatusForbidden, "the header "+guardHeader+": 1 is missing")
		return
	}
	if typ, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); typ != "application/json" {
		fail(w, http.StatusUnsupportedMediaType, "the body must be application/json")
		return
	}
	var a incident.Action
	if !body(w, r, maxAction, &a) {
		return
	}
	if err := h.do(r.PathValue("id"), kind, a); err != nil {
		fail(w, statusOf(err), err.Error())
		return
	}
	status := http.StatusOK
	if h.save(r.Context()) != nil {
		poke(h.dirty)
		status = http.StatusAccepted
	}
	h.changed()
	v, _, _ := h.look(func() (any, bool) { return h.viewOf(r.PathValue("id")) })
	reply(w, status, v)
}

var errNotLoaded = errors.New("incidents have not been read yet, try again")

func (h *Hub) do(id string, k incident.Kind, a incident.Action) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.loaded {
		return errNotLoaded
	}
	events, err := h.book.Do(id, k, a, schemas.MillisOf(h.conf.Now()))
	h.unsaved = append(h.unsaved, events...)
	return err
}

func statusOf(err error) int {
	for target, status := range map[error]int{
		incident.ErrUnknown: http.StatusNotFound, incident.ErrInvalid: http.StatusBadRequest,
		incident.ErrState: http.StatusConflict, errNotLoaded: http.StatusServiceUnavailable,
	} {
		if errors.Is(err, target) {
			return status
		}
	}
	return http.StatusInternalServerError
}

// body reads one JSON value of at most most bytes into v. Where it answers false, the request has been answered.
func body(w http.ResponseWriter, r *http.Request, most int64, v any) bool {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		fail(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is larger than %d bytes", most))
		return false
	case err != nil:
		fail(w, http.StatusBadRequest, "the body cannot be read")
		return false
	}
	if err := json.Unmarshal(text, v); err != nil {
		fail(w, http.StatusBadRequest, "the body is not the JSON object that is expected")
		return false
	}
	return true
}

func notLoaded(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "5")
	fail(w, http.StatusServiceUnavailable, errNotLoaded.Error())
}

func fail(w http.ResponseWriter, status int, text string) {
	reply(w, status, map[string]string{"error": text})
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client has gone
}
