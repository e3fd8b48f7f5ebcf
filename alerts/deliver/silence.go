package deliver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"tidemark/alerts"
	"tidemark/alerts/incident"
)

// silencer stands in every silence of ours; others are left alone.
const silencer = "tidemark"

// silence is one silence as Alertmanager's API gives and takes it.
type silence struct {
	ID        string         `json:"id,omitempty"`
	Matchers  []matcher      `json:"matchers"`
	StartsAt  time.Time      `json:"startsAt"`
	EndsAt    time.Time      `json:"endsAt"`
	CreatedBy string         `json:"createdBy"`
	Comment   string         `json:"comment"`
	Status    *silenceStatus `json:"status,omitempty"`
}

type silenceStatus struct {
	State string `json:"state"` // active, pending, expired
}

type matcher struct {
	Name    string `json:"name"`
	Value   string `json:"value"`
	IsRegex bool   `json:"isRegex"`
	IsEqual bool   `json:"isEqual"`
}

// Silence keeps an acknowledged incident from being repeated for Lifetime, up to the tier that was acknowledged: when
// it rises above that, people are told. Call it again before the time is half over. What is silent long enough is left
// as it is. It fails where no instance took it.
func (a *Alertmanager) Silence(ctx context.Context, v incident.View) error {
	return a.tell(ctx, a.present(), func(ctx context.Context, e *endpoint) error {
		want := a.silence(&v)
		have, err := e.silences(ctx, &v)
		if err != nil {
			return err
		}
		for _, s := range have {
			if !slices.Equal(s.Matchers, want.Matchers) {
				continue
			}
			if s.EndsAt.Sub(want.StartsAt) > Lifetime/2 {
				return nil
			}
			// The same silence with a later end: its start must stay.
			want.ID, want.StartsAt = s.ID, s.StartsAt
		}
		body, err := json.Marshal(want)
		if err != nil {
			return err
		}
		_, err = e.do(ctx, http.MethodPost, e.api("silences"), jsonHeader(), body)
		return err
	})
}

// Unsilence ends the silences of an incident; there may be none. It fails where no instance took it.
func (a *Alertmanager) Unsilence(ctx context.Context, v incident.View) error {
	return a.tell(ctx, a.present(), func(ctx context.Context, e *endpoint) error {
		have, err := e.silences(ctx, &v)
		if err != nil {
			return err
		}
		for _, s := range have {
			// In a cluster another instance may have passed on the end of it meanwhile, which fails here: the next try
			// finds it ended.
			_, err := e.do(ctx, http.MethodDelete, e.api("silence", s.ID), jsonHeader(), nil)
			var refused *refusedError
			if gone := errors.As(err, &refused) && refused.status == http.StatusNotFound; err != nil && !gone {
				return fmt.Errorf("ending a silence: %w", err)
			}
		}
		return nil
	})
}

func (a *Alertmanager) silence(v *incident.View) silence {
	now := a.conf.Now().UTC()
	tier := matcher{Name: "tier", Value: alerts.Yellow.String(), IsEqual: true}
	if rank(v.AcknowledgedTier) == alerts.Orange {
		tier.Value, tier.IsRegex = alerts.Yellow.String()+"|"+alerts.Orange.String(), true
	}
	return silence{
		Matchers: append(where(v), tier), StartsAt: now, EndsAt: now.Add(Lifetime), CreatedBy: silencer,
		Comment: "acknowledged by " + v.AcknowledgedBy + ", incident " + v.ID,
	}
}

// where matches both tiers of an incident.
func where(v *incident.View) []matcher {
	return []matcher{{Name: "rule", Value: v.Rule, IsEqual: true}, {Name: "series", Value: v.Series, IsEqual: true}}
}

// silences asks for the incident's silences that are in force.
func (e *endpoint) silences(ctx context.Context, v *incident.View) ([]silence, error) {
	u := e.api("silences")
	q := u.Query()
	for _, m := range where(v) {
		q.Add("filter", m.Name+"="+strconv.Quote(m.Value))
	}
	u.RawQuery = q.Encode()
	answer, err := e.do(ctx, http.MethodGet, u, jsonHeader(), nil)
	if err != nil {
		return nil, err
	}
	var all []silence
	if err := json.Unmarshal(answer, &all); err != nil {
		return nil, fmt.Errorf("the list of silences cannot be read: %w", err)
	}
	return slices.DeleteFunc(all, func(s silence) bool { return s.CreatedBy != silencer || s.Status == nil || s.Status.State != "active" }), nil
}
