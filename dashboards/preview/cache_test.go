package preview

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// answers is a query function that takes a second and counts what it was asked.
type answers struct {
	mu      sync.Mutex
	asked   map[string]int
	running int
	most    int
	ended   []error // of the queries that were cut off
}

func (a *answers) query(ctx context.Context, sql string) (Result, error) {
	a.mu.Lock()
	a.asked[sql]++
	a.running++
	a.most = max(a.most, a.running)
	a.mu.Unlock()
	defer func() {
		a.mu.Lock()
		a.running--
		a.mu.Unlock()
	}()
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
		a.mu.Lock()
		a.ended = append(a.ended, ctx.Err())
		a.mu.Unlock()
		return Result{}, ctx.Err()
	}
	if sql == "bad" {
		return Result{}, errors.New("refused")
	}
	return Result{Columns: []ResultColumn{{"x", "String"}}, Rows: [][]any{{sql}}}, nil
}

func testCache(limit time.Duration, concurrency int) (*cache, *answers, map[string]int) {
	a := &answers{asked: map[string]int{}}
	seen := map[string]int{}
	var mu sync.Mutex
	cfg := Config{Query: a.query, MaxAge: 4 * time.Second, Timeout: limit, Concurrency: concurrency}
	return newCache(&cfg, func(outcome string) { mu.Lock(); seen[outcome]++; mu.Unlock() }), a, seen
}

func TestCacheShares(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, a, seen := testCache(time.Minute, 4)
		for range 10 {
			go func() {
				if r, err := c.get(t.Context(), "one"); err != nil || r.Rows[0][0] != "one" {
					t.Errorf("%v %v", r, err)
				}
			}()
		}
		time.Sleep(2 * time.Second)
		if _, err := c.get(t.Context(), "one"); err != nil {
			t.Error(err)
		}
		if a.asked["one"] != 1 || seen["miss"] != 1 || seen["shared"] != 9 || seen["hit"] != 1 {
			t.Errorf("asked %v, seen %v", a.asked, seen)
		}
		time.Sleep(4 * time.Second)
		if _, err := c.get(t.Context(), "one"); err != nil || a.asked["one"] != 2 {
			t.Errorf("an old answer is given again: %v %v", a.asked, err)
		}
	})
}

// One viewer who leaves takes nothing from the others; when the last one leaves, the query ends.
func TestCacheLeaving(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, a, _ := testCache(time.Minute, 4)
		leaving, leave := context.WithCancel(t.Context())
		stays := make(chan error, 1)
		go func() { _, err := c.get(leaving, "x"); stays <- err }()
		synctest.Wait()
		go func() { _, err := c.get(t.Context(), "x"); stays <- err }()
		synctest.Wait()
		leave()
		if err := <-stays; !errors.Is(err, context.Canceled) {
			t.Errorf("the one who left got %v", err)
		}
		if err := <-stays; err != nil || len(a.ended) != 0 {
			t.Errorf("the one who stayed got %v", err)
		}

		alone, leave := context.WithCancel(t.Context())
		go func() { _, err := c.get(alone, "y"); stays <- err }()
		synctest.Wait()
		leave()
		<-stays
		synctest.Wait()
		if len(a.ended) != 1 || !errors.Is(a.ended[0], context.Canceled) {
			t.Errorf("a query that nobody waits for ran on: %v", a.ended)
		}
		if _, err := c.get(t.Context(), "y"); err != nil || a.asked["y"] != 2 {
			t.Errorf("asked again after it was abandoned: %v %v", a.asked, err)
		}
	})
}

func TestCacheErrorsAreNotKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, a, _ := testCache(time.Minute, 4)
		for range 2 {
			if _, err := c.get(t.Context(), "bad"); err == nil {
				t.Error("no error")
			}
		}
		if a.asked["bad"] != 2 {
			t.Errorf("asked %v", a.asked)
		}
	})
}

// A query function that ends its goroutine, as a failing test does, leaves nobody waiting.
func TestCacheWithoutAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := Config{Query: func(context.Context, string) (Result, error) { runtime.Goexit(); return Result{}, nil }, Timeout: time.Minute, Concurrency: 1}
		c := newCache(&cfg, func(string) {})
		for range 2 {
			if _, err := c.get(t.Context(), "x"); !errors.Is(err, errNoAnswer) {
				t.Errorf("got %v", err)
			}
		}
	})
}

func TestCacheLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, a, _ := testCache(1500*time.Millisecond, 2)
		errs := make(chan error, 4)
		for i := range 4 {
			go func() { _, err := c.get(t.Context(), fmt.Sprint(i)); errs <- err }()
		}
		late := 0
		for range 4 {
			if errors.Is(<-errs, context.DeadlineExceeded) {
				late++
			}
		}
		if a.most != 2 || late != 2 {
			t.Errorf("%d at a time, %d too late, want 2 and 2: waiting counts", a.most, late)
		}
	})
}

func TestCacheIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _, _ := testCache(time.Hour, mostAnswers*2)
		var wg sync.WaitGroup
		for i := range mostAnswers + 10 {
			wg.Go(func() { _, _ = c.get(t.Context(), fmt.Sprint(i)) })
		}
		wg.Wait()
		if len(c.answers) != mostAnswers || len(c.order) != mostAnswers || c.cells != 2*mostAnswers {
			t.Errorf("%d answers, %d in order, %d cells", len(c.answers), len(c.order), c.cells)
		}
		c.land("big", &flight{result: Result{Columns: make([]ResultColumn, 1), Rows: make([][]any, mostCells)}})
		if c.cells != 0 || len(c.answers) != 0 {
			t.Errorf("an answer above the bound stays: %d cells", c.cells)
		}
		time.Sleep(time.Minute)
		c.expire(time.Now())
		if len(c.flights) != 0 {
			t.Errorf("%d flights are left", len(c.flights))
		}
	})
}
