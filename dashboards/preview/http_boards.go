package preview

import (
	"context"
	"errors"
	"net/http"
	"strconv"
)

func (s *Server) listBoards(w http.ResponseWriter, r *http.Request) {
	lang := r.URL.Query().Get("lang")
	out := []BoardLink{}
	for _, b := range s.boards {
		if lang == "" || b.Lang == lang {
			out = append(out, b.BoardLink)
		}
	}
	s.reply(w, http.StatusOK, out)
}

// withBoard finds the board that the path names.
func (s *Server) withBoard(next func(http.ResponseWriter, *http.Request, *board)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for _, b := range s.boards {
			if b.UID == r.PathValue("uid") {
				next(w, r, b)
				return
			}
		}
		s.refuse(w, http.StatusNotFound, "there is no such board")
	}
}

// withAsk reads the range and the variables, too.
func (s *Server) withAsk(next func(http.ResponseWriter, *http.Request, *board, *ask)) http.HandlerFunc {
	return s.withBoard(func(w http.ResponseWriter, r *http.Request, b *board) {
		a, err := parseAsk(b, r.URL.Query(), s.now(), s.cfg.Location)
		if err != nil {
			s.refuse(w, http.StatusBadRequest, err.Error())
			return
		}
		next(w, r, b, a)
	})
}

func (s *Server) showBoard(w http.ResponseWriter, _ *http.Request, b *board) {
	s.reply(w, http.StatusOK, b.Board)
}

func (s *Server) showVariables(w http.ResponseWriter, r *http.Request, b *board, a *ask) {
	out, err := s.variables(r.Context(), b, a)
	if err != nil {
		s.refuse(w, http.StatusBadGateway, s.explain(r.Context(), b, 0, err))
		return
	}
	s.reply(w, http.StatusOK, out)
}

func (s *Server) showPanel(w http.ResponseWriter, r *http.Request, b *board, a *ask) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	p := b.panels[id]
	if err != nil || p == nil {
		s.refuse(w, http.StatusNotFound, "there is no such panel")
		return
	}
	data, err := s.draw(r.Context(), b, p, a)
	if err != nil {
		data = Data{ID: id, From: a.From.UnixMilli(), To: a.To.UnixMilli(), Error: s.explain(r.Context(), b, id, err)}
	}
	s.reply(w, http.StatusOK, data)
}

func (s *Server) showAnnotations(w http.ResponseWriter, r *http.Request, b *board, a *ask) {
	out, err := s.annotations(r.Context(), b, a)
	if err != nil {
		s.refuse(w, http.StatusBadGateway, s.explain(r.Context(), b, 0, err))
		return
	}
	s.reply(w, http.StatusOK, out)
}

// explain logs why a query failed, and says in the board's language what the viewer can do. The error itself may hold
// SQL or an address: it stays here.
func (s *Server) explain(ctx context.Context, b *board, panel int64, err error) string {
	if ctx.Err() != nil {
		return "cancelled" // nobody reads it
	}
	s.cfg.Log.Warn().Err(err).Str("board", b.UID).Int64("panel", panel).Msg("preview: a query failed")
	late, zh := errors.Is(err, context.DeadlineExceeded), b.Lang == "zh"
	switch {
	case late && zh:
		return "查询超时：请缩短时间范围后重试。"
	case late:
		return "The query took too long. Choose a shorter range."
	case zh:
		return "暂时无法读取数据，详情见服务日志。"
	}
	return "The data cannot be read at the moment. The server's log says why."
}
