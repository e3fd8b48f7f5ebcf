package deliver

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"tidemark/alerts/incident"
)

// silences is an Alertmanager's silences as API v2 documents them: a list with filters, an upsert, an end.
type silences struct {
	*httptest.Server
	all     []silence
	next    int
	failing int // requests to answer 500 first
}

func newSilences(t *testing.T) *silences {
	t.Helper()
	s := &silences{}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v2/silences", s.list)
	mux.HandleFunc("POST /api/v2/silences", s.upsert)
	mux.HandleFunc("DELETE /api/v2/silence/{id}", s.end)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.failing > 0 {
			s.failing--
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *silences) list(w http.ResponseWriter, r *http.Request) {
	out := []silence{}
	for _, have := range s.all {
		fits := true
		for _, filter := range r.URL.Query()["filter"] {
			fits = fits && slices.ContainsFunc(have.Matchers, func(m matcher) bool { return fmt.Sprintf("%s=%q", m.Name, m.Value) == filter })
		}
		if fits {
			out = append(out, have)
		}
	}
	_ = json.NewEncoder(w).Encode(out)
}

func (s *silences) upsert(w http.ResponseWriter, r *http.Request) {
	var in silence
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	in.Status = &silenceStatus{State: "active"}
	i := slices.IndexFunc(s.all, func(have silence) bool { return have.ID == in.ID })
	if in.ID == "" {
		s.next++
		in.ID = fmt.Sprint("s", s.next)
		s.all = append(s.all, in)
	} else if i < 0 || !s.all[i].StartsAt.Equal(in.StartsAt) {
		w.WriteHeader(http.StatusNotFound)
		return
	} else {
		s.all[i] = in
	}
	_ = json.NewEncoder(w).Encode(map[string]string{"silenceID": in.ID})
}

func (s *silences) end(w http.ResponseWriter, r *http.Request) {
	for i := range s.all {
		if s.all[i].ID == r.PathValue("id") && s.all[i].Status.State == "active" {
			s.all[i].Status.State = "expired"
			return
		}
	}
	w.WriteHeader(http.StatusInternalServerError) // ended already
}

func (s *silences) active() []silence {
	return slices.DeleteFunc(slices.Clone(s.all), func(s silence) bool { return s.Status.State != "active" })
}

func acknowledged(tier string) incident.View {
	v := view(tier, tier)
	v.State, v.AcknowledgedTier, v.AcknowledgedBy = incident.StateAcknowledged, tier, "Li Lei"
	return v
}

// TestSilenceCoversTheAcknowledgedTier and nothing above it.
func TestSilenceCoversTheAcknowledgedTier(t *testing.T) {
	for tier, want := range map[string]matcher{
		"yellow": {Name: "tier", Value: "yellow", IsEqual: true},
		"orange": {Name: "tier", Value: "yellow|orange", IsRegex: true, IsEqual: true},
	} {
		s := newSilences(t)
		v := acknowledged(tier)
		v.Tier, v.WorstTier = "orange", "orange" // it may have risen since
		if err := manager(t, s.URL).Silence(t.Context(), v); err != nil {
			t.Fatal(err)
		}
		got := s.active()
		if len(got) != 1 || !slices.Equal(got[0].Matchers, []matcher{
			{Name: "rule", Value: "paid_orders_fall", IsEqual: true}, {Name: "series", Value: "chaye", IsEqual: true}, want,
		}) || !got[0].EndsAt.Equal(noon.Add(Lifetime)) || got[0].CreatedBy != silencer || !strings.Contains(got[0].Comment, "Li Lei") {
			t.Errorf("%s: %+v", tier, got)
		}
	}
}

// TestSilenceIsExtended: the same silence gets a later end when half of its time is over, and not before.
func TestSilenceIsExtended(t *testing.T) {
	s := newSilences(t)
	a := manager(t, s.URL)
	now := noon
	a.conf.Now = func() time.Time { return now }
	for _, tt := range []struct{ after, end time.Duration }{{0, Lifetime}, {time.Minute, Lifetime}, {3 * time.Minute, 3*time.Minute + Lifetime}} {
		now = noon.Add(tt.after)
		if err := a.Silence(t.Context(), acknowledged("orange")); err != nil {
			t.Fatal(err)
		}
		if got := s.active(); len(got) != 1 || !got[0].EndsAt.Equal(noon.Add(tt.end)) {
			t.Errorf("after %v: %+v, want one until %v", tt.after, got, noon.Add(tt.end))
		}
	}
}

// TestUnsilence ends ours, all of them, and leaves those of people alone; again it does nothing.
func TestUnsilence(t *testing.T) {
	s := newSilences(t)
	a := manager(t, s.URL)
	theirs := a.silence(&incident.View{Rule: "paid_orders_fall", Series: "chaye"})
	theirs.ID, theirs.CreatedBy, theirs.Status = "theirs", "somebody", &silenceStatus{State: "active"}
	s.all = append(s.all, theirs)
	other := acknowledged("orange")
	other.Series = `kiefer "outdoor"`
	for _, v := range []incident.View{acknowledged("yellow"), acknowledged("orange"), other} {
		if err := a.Silence(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
	s.failing = 1
	for range 2 {
		if err := a.Unsilence(t.Context(), acknowledged("orange")); err != nil {
			t.Fatal(err)
		}
	}
	var left []string
	for _, have := range s.active() {
		left = append(left, have.Matchers[1].Value+" "+have.CreatedBy)
	}
	if want := []string{"chaye somebody", `kiefer "outdoor" tidemark`}; !slices.Equal(left, want) {
		t.Errorf("left %q, want %q", left, want)
	}
}

// TestUnsilenceWithOneAway: the cluster passes the end on, so an instance that is away holds up no resolution.
func TestUnsilenceWithOneAway(t *testing.T) {
	s := newSilences(t)
	a := manager(t, refused(t), s.URL)
	hasty(a.instances[0])
	if err := a.Silence(t.Context(), acknowledged("orange")); err != nil {
		t.Fatal(err)
	}
	if err := a.Unsilence(t.Context(), acknowledged("orange")); err != nil || len(s.active()) != 0 {
		t.Errorf("%d silences left (%v)", len(s.active()), err)
	}
	alone := manager(t, refused(t))
	hasty(alone.instances[0])
	if err := alone.Unsilence(t.Context(), acknowledged("orange")); err == nil {
		t.Error("nobody took it, and no error")
	}
}
