package chhttp

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/rs/zerolog"

	"tidemark/deploy/embedded/chdb"
)

// ProcessHeader carries the serving process's id in every answer, so that a supervisor knows its child.
const ProcessHeader = "X-Tidemark-Process"

// Config says what to serve. Library and Users are needed; Args are the engine's options such as --path=DIR.
type Config struct {
	Library    *chdb.Library
	Args       []string
	Users      map[string]User
	SpoolDir   string // for insert data on its way to the engine; "" is the system's temporary directory
	MaxBody    int64  // bytes of one insert after decompression; 0 is 1 GiB
	MaxQueries int    // statements at one time, others wait; 0 is 32
	Log        zerolog.Logger
}

// Server is the HTTP interface of one engine. Run serves it, Close ends it.
type Server struct {
	cfg   Config
	pool  *pool
	slots chan struct{}
	hello serverHello

	keeperMu sync.Mutex
	keeper   *chdb.Conn // open for life: the engine stops with its last connection; also runs KILL QUERY
}

// New boots the engine. It fails when the data directory is held by another process or the library does not start.
func New(cfg Config) (*Server, error) {
	if cfg.MaxBody == 0 {
		cfg.MaxBody = 1 << 30
	}
	if cfg.MaxQueries == 0 {
		cfg.MaxQueries = 32
	}
	open := func() (*chdb.Conn, error) { return cfg.Library.Connect(cfg.Args...) }
	keeper, err := open()
	if err != nil {
		return nil, err
	}
	res, err := keeper.Query("SELECT displayName(), version(), timezone()", "TabSeparated")
	if err != nil {
		keeper.Close()
		return nil, fmt.Errorf("first query: %w", err)
	}
	f := strings.Split(strings.TrimSpace(string(res.Data)), "\t")
	if len(f) != 3 {
		keeper.Close()
		return nil, fmt.Errorf("first query gave %d columns instead of 3", len(f))
	}
	return &Server{cfg: cfg, pool: &pool{open: open}, slots: make(chan struct{}, cfg.MaxQueries), keeper: keeper, hello: serverHello{f[0], f[1], f[2]}}, nil
}

// Close shuts the engine down. No request may be running.
func (s *Server) Close() {
	s.pool.close()
	s.keeperMu.Lock()
	defer s.keeperMu.Unlock()
	s.keeper.Close()
}

// ServeHTTP answers /ping, /replicas_status and statements at /.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-ClickHouse-Server-Display-Name", s.hello.name)
	h.Set("X-ClickHouse-Timezone", s.hello.timezone)
	alive := r.URL.Path == "/" && r.URL.RawQuery == "" && (r.Method == http.MethodGet || r.Method == http.MethodHead)
	h.Set(ProcessHeader, strconv.Itoa(os.Getpid()))
	switch {
	case alive, r.URL.Path == "/ping", r.URL.Path == "/replicas_status":
		h.Set("Content-Type", "text/html; charset=UTF-8")
		_, _ = io.WriteString(w, "Ok.\n")
	case r.URL.Path != "/":
		http.Error(w, "There is no handle for this path. Use / for queries, /ping for health checks.", http.StatusNotFound)
	case r.Method != http.MethodGet && r.Method != http.MethodPost:
		http.Error(w, "Use GET or POST.", http.StatusMethodNotAllowed)
	default:
		s.serve(w, r)
	}
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	id := q.Get("query_id")
	if id == "" {
		id = uuid.NewString()
	}
	w.Header().Set("X-ClickHouse-Query-Id", id)
	out := newReply(w, q)
	if err := s.handle(out, r); err != nil {
		e := asException(err)
		s.cfg.Log.Debug().Int("code", e.code).Msg("statement failed")
		out.fail(e)
	}
}

func (s *Server) handle(out *reply, r *http.Request) error {
	if err := refuseBrowser(r); err != nil {
		return err
	}
	user, err := s.authenticate(r)
	if err != nil {
		return err
	}
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-r.Context().Done():
		return newException(202, "TOO_MANY_SIMULTANEOUS_QUERIES", "the client left while waiting for a free slot")
	}
	job, err := s.read(r, user)
	if err != nil {
		return err
	}
	if job.data != nil {
		defer job.data.Close()
	}
	// The limit for reading a request would otherwise end a long statement, as if its client had left.
	if err := http.NewResponseController(out.w).SetReadDeadline(time.Time{}); err != nil {
		return fmt.Errorf("lift the read deadline: %w", err)
	}
	sess, err := s.pool.get(job.prelude)
	if err != nil {
		return err
	}
	err = s.run(r.Context(), sess, job, out)
	s.pool.put(sess, err != nil)
	return err
}
