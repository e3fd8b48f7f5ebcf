package fault

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"time"
)

// Some troubles that many requests, the first ones of all, and lets the rest pass.
func Some(many int64, trouble Trouble) Trouble {
	var seen atomic.Int64
	return func(v *Valve, next http.Handler, w http.ResponseWriter, r *http.Request) {
		if seen.Add(1) > many {
			next.ServeHTTP(w, r)
			return
		}
		trouble(v, next, w, r)
	}
}

// Every troubles every n-th request.
func Every(n int64, trouble Trouble) Trouble {
	var seen atomic.Int64
	return func(v *Valve, next http.Handler, w http.ResponseWriter, r *http.Request) {
		if seen.Add(1)%n != 0 {
			next.ServeHTTP(w, r)
			return
		}
		trouble(v, next, w, r)
	}
}

// AnswerLost lets the target do the insert and breaks the connection instead of passing the answer on. It is a hit only
// when the target had done it.
func AnswerLost(v *Valve, next http.Handler, w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	answer := httptest.NewRecorder()
	next.ServeHTTP(answer, r)
	if answer.Code == http.StatusOK {
		v.Hit()
	}
	panic(http.ErrAbortHandler) // net/http's way to close the connection without an answer
}

// Status answers in the target's place, as a balancer without a server behind it does.
func Status(code int) Trouble {
	return func(v *Valve, _ http.Handler, w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		v.Hit()
		w.WriteHeader(code)
	}
}

// CutBody lets half of the insert through and breaks the connection on both sides.
func CutBody(v *Valve, next http.Handler, w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body[:len(body)/2]), broken{}))
	r.ContentLength = int64(len(body))
	v.Hit()
	next.ServeHTTP(httptest.NewRecorder(), r)
	panic(http.ErrAbortHandler)
}

// broken is a connection that ends in the middle.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// Slow lets each insert through after a delay and at a few bytes per second.
func Slow(delay time.Duration, bytesPerSecond int) Trouble {
	return func(v *Valve, next http.Handler, w http.ResponseWriter, r *http.Request) {
		time.Sleep(delay)
		r.Body = &throttled{ReadCloser: r.Body, rate: bytesPerSecond}
		v.Hit()
		next.ServeHTTP(w, r)
	}
}

// throttled reads no faster than its rate.
type throttled struct {
	io.ReadCloser
	rate int // bytes per second
}

func (t *throttled) Read(p []byte) (int, error) {
	n, err := t.ReadCloser.Read(p[:min(len(p), max(1, t.rate/10))])
	time.Sleep(time.Duration(n) * time.Second / time.Duration(t.rate))
	return n, err
}
