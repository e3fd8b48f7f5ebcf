package ingest

import (
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
)

// refusal is the answer to a request that is refused as a whole. code is a fixed word; nothing the sender wrote goes back.
type refusal struct {
	status int
	code   string
	retry  time.Duration // Retry-After, where above 0
}

// Error makes a refusal an error.
func (r *refusal) Error() string { return strconv.Itoa(r.status) + " " + r.code }

func refuse(status int, code string) *refusal { return &refusal{status: status, code: code} }

// refusalBody is what refusals say in all dialects but Amplitude's.
type refusalBody struct {
	Success   bool   `json:"success"`
	Code      string `json:"code"`
	RequestID string `json:"request_id"`
}

func (r *refusal) write(w http.ResponseWriter, dialect, requestID string) {
	if r.retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(r.retry.Seconds()))))
	}
	if dialect == dialectAmplitude {
		writeJSON(w, r.status, amplitudeRefused(r, requestID))
		return
	}
	writeJSON(w, r.status, refusalBody{Code: r.code, RequestID: requestID})
}

// writeJSON answers with a value of our own types, which always marshals. A sender that has gone away is no error here:
// it did not see the answer and sends again.
func writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		panic(err) // caught by the handler's recover, and counted
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
