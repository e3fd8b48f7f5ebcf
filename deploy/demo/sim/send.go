package sim

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// Paths of the collector.
const (
	segmentPath = "/v1/batch"
	nativePath  = "/v1/events?family=orders"
)

// Pauses between attempts; a Retry-After of the collector goes before.
const (
	firstPause = 200 * time.Millisecond
	longPause  = 5 * time.Second
)

// errRefused marks an answer that no repetition will change.
var errRefused = errors.New("refused by the collector")

// deliver sends a batch until it is acknowledged, always with the same ids and times. It ends early with ctx, and with
// errRefused; then nobody knows (ctx) or nothing of it counts (refused).
func (s *Simulator) deliver(ctx context.Context, b *batch) error {
	request, err := s.truth.Sending(time.Now(), b.facts)
	if err != nil {
		return err
	}
	for pause := firstPause; ; pause = min(2*pause, longPause) {
		wait, err := s.attempt(ctx, b)
		if err == nil {
			s.acked.Add(int64(len(b.bodies)))
			return request.Done(time.Now())
		}
		if ctx.Err() != nil {
			return nil
		}
		if errors.Is(err, errRefused) {
			s.refused.Add(int64(len(b.bodies)))
			s.log.Error().Err(err).Str("shop", b.shop.ID).Int("events", len(b.bodies)).Msg("the simulator's events were refused; look at the keys in shops.yaml")
			return request.Refused(time.Now())
		}
		s.retries.Add(1)
		s.log.Debug().Err(err).Dur("pause", pause).Msg("the simulator tries again")
		if wait == 0 {
			wait = pause/2 + rand.N(pause/2)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}

// attempt sends once. The duration is the collector's Retry-After, 0 where it names none.
func (s *Simulator) attempt(ctx context.Context, b *batch) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	r, err := s.request(ctx, b)
	if err != nil {
		return 0, err
	}
	res, err := s.client.Do(r)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, 64<<10))
	switch {
	case err != nil:
		return 0, err
	case res.StatusCode == http.StatusMultiStatus:
		return 0, s.mixed(answer)
	case res.StatusCode/100 == 2:
		return 0, nil
	case res.StatusCode == http.StatusTooManyRequests || res.StatusCode/100 == 5:
		seconds, _ := strconv.Atoi(res.Header.Get("Retry-After"))
		return time.Duration(min(max(seconds, 0), 60)) * time.Second, fmt.Errorf("answer %d", res.StatusCode)
	}
	return 0, fmt.Errorf("%w: %s %d %.200s", errRefused, r.URL.Path, res.StatusCode, answer)
}

// mixed looks at an answer of the native dialect that is not all "accepted". Copies are expected; a quarantined event is
// a mistake of the simulator, which the truth check will show too.
func (s *Simulator) mixed(answer []byte) error {
	var result struct{ Quarantined int64 }
	if err := json.Unmarshal(answer, &result); err != nil {
		return fmt.Errorf("answer 207: %w", err)
	}
	if result.Quarantined > 0 {
		s.refused.Add(result.Quarantined)
		s.log.Error().Int64("events", result.Quarantined).Msg("the collector has quarantined the simulator's orders")
	}
	return nil
}

func (s *Simulator) request(ctx context.Context, b *batch) (*http.Request, error) {
	path, kind, body := segmentPath, "application/json", []byte(nil)
	if b.way == native {
		path, kind = nativePath, "application/x-ndjson"
		for _, one := range b.bodies {
			body = append(append(body, one...), '\n')
		}
	} else {
		sentAt := time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
		var err error
		if body, err = json.Marshal(props{"batch": b.bodies, "sentAt": sentAt}); err != nil {
			return nil, err
		}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	key := b.shop.SecretKey
	if b.way == browser {
		key = b.shop.PublicKey
	}
	r.SetBasicAuth(key, "")
	r.Header.Set("Content-Type", kind)
	return r, nil
}
