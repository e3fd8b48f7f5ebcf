package preview

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"time"
)

// Server shows boards. It holds no goroutines of its own.
type Server struct {
	cfg    Config
	boards []*board
	pages  pages
	cache  *cache
	now    func() time.Time
}

// New reads every board. A board with anything in it that the preview cannot draw is an error that names it.
func New(cfg Config) (*Server, error) {
	if err := cfg.defaults(); err != nil {
		return nil, err
	}
	boards, err := readBoards(cfg.Boards)
	if err != nil {
		return nil, err
	}
	files, err := readPages(cfg.Assets)
	if err != nil {
		return nil, err
	}
	m, err := newMeter(cfg.Registry)
	if err != nil {
		return nil, err
	}
	cfg.Query = m.timed(cfg.Query)
	return &Server{cfg: cfg, boards: boards, pages: files, cache: newCache(&cfg, m.asked), now: time.Now}, nil
}

// readBoards reads every *.json, in the order of their paths.
func readBoards(files fs.FS) ([]*board, error) {
	var boards []*board
	var errs []error
	err := fs.WalkDir(files, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || path.Ext(name) != ".json" {
			return err
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		b, err := parseBoard(name, text)
		errs = append(errs, err)
		boards = append(boards, b)
		return nil
	})
	if err := errors.Join(append(errs, err)...); err != nil {
		return nil, err
	}
	if len(boards) == 0 {
		return nil, errors.New("preview: there is no board: run tidemark generate")
	}
	return boards, join(boards)
}

// join finds every board's twin in the other language, and refuses links to boards that do not exist.
func join(boards []*board) error {
	byUID := map[string]*board{}
	for _, b := range boards {
		if byUID[b.UID] != nil {
			return fmt.Errorf("preview: two boards have the uid %s", b.UID)
		}
		byUID[b.UID] = b
	}
	var errs []error
	for _, b := range boards {
		for _, other := range boards {
			if other.ID == b.ID && other.Lang != b.Lang {
				b.Twin = other.UID
			}
		}
		for _, uid := range b.targets() {
			if byUID[uid] == nil {
				errs = append(errs, fmt.Errorf("preview: board %s links to %s, which does not exist", b.UID, uid))
			}
		}
	}
	return errors.Join(errs...)
}

// Handler serves the page and its API.
func (s *Server) Handler() http.Handler {
	return s.routes()
}
