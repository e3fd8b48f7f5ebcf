package deliver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"tidemark/alerts/incident"
)

// Headers of a webhook.
const (
	HeaderID        = "X-Tidemark-Message"   // incident and event: a repeat has the same
	HeaderTimestamp = "X-Tidemark-Timestamp" // Unix seconds of the request: refuse old ones
	HeaderSignature = "X-Tidemark-Signature" // see Sign
)

// WebhookConfig says who is told.
type WebhookConfig struct {
	Name     string // as in the table of events
	URL      string
	Secret   []byte // key of the signature; empty: none
	Links    Links
	Timeout  time.Duration         // of one request; 0: 5 s
	Patience time.Duration         // of one message with its repeats; 0: 15 s
	Log      zerolog.Logger        // told of messages that were refused
	Registry prometheus.Registerer // nil: no metrics
	Now      func() time.Time      // nil: the clock
}

// Webhook posts each message as JSON. It is not for use by several goroutines.
type Webhook struct {
	conf WebhookConfig
	to   *endpoint
	// taken are the messages of the last call that were taken before it failed: they come again with the next.
	taken map[string]bool
}

// NewWebhook checks the address; it asks nobody.
func NewWebhook(c WebhookConfig) (*Webhook, error) {
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	if c.Patience == 0 {
		c.Patience = defaultPatience
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	m, err := newMeter(c.Registry)
	if err != nil {
		return nil, err
	}
	to, err := newEndpoint(c.Name, c.URL, c.Timeout, c.Patience, m)
	if err != nil {
		return nil, err
	}
	return &Webhook{conf: c, to: to, taken: map[string]bool{}}, nil
}

// note is the body of a request.
type note struct {
	Version int `json:"version"`
	incident.Message
	Links noteLinks `json:"links"`
}

type noteLinks struct {
	Board    map[string]string `json:"board,omitempty"` // by language
	Incident string            `json:"incident,omitempty"`
	Runbook  string            `json:"runbook,omitempty"`
}

// Deliver posts the messages one after the other. A message that is refused (4xx but 408 and 429) is logged, counted and
// given up, since it would hold up all that come after it; any other failure ends the call, and what has been taken
// already is not sent again when the rest is.
func (w *Webhook) Deliver(ctx context.Context, messages []incident.Message) error {
	for i := range messages {
		m := &messages[i]
		id := m.Incident.ID + "/" + m.ID
		if w.taken[id] {
			continue
		}
		err := w.post(ctx, id, m)
		var refused *refusedError
		if errors.As(err, &refused) {
			w.conf.Log.Error().Str("receiver", w.conf.Name).Str("incident", m.Incident.ID).Int("status", refused.status).
				Msg("a message was refused and is given up: check address and secret of the webhook")
		} else if err != nil {
			return err
		}
		w.taken[id] = true
	}
	clear(w.taken)
	return nil
}

func (w *Webhook) post(ctx context.Context, id string, m *incident.Message) error {
	n := note{Version: 1, Message: *m, Links: noteLinks{Incident: w.conf.Links.Incident(&m.Incident), Runbook: m.Incident.Runbook}}
	if board := w.conf.Links.Board(&m.Incident, "en"); board != "" {
		n.Links.Board = map[string]string{"en": board, "zh": w.conf.Links.Board(&m.Incident, "zh")}
	}
	body, err := json.Marshal(n)
	if err != nil {
		return fmt.Errorf("%s: %w", w.conf.Name, err)
	}
	return w.to.try(ctx, func(ctx context.Context) error {
		header := jsonHeader()
		header.Set(HeaderID, id)
		at := strconv.FormatInt(w.conf.Now().Unix(), 10)
		header.Set(HeaderTimestamp, at)
		if len(w.conf.Secret) > 0 {
			header.Set(HeaderSignature, Sign(w.conf.Secret, at, body))
		}
		_, err := w.to.do(ctx, http.MethodPost, w.to.base, header, body)
		return err
	})
}
