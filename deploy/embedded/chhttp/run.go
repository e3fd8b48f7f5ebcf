package chhttp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/google/uuid"

	"tidemark/deploy/embedded/chdb"
)

// run executes the job in its session and answers.
func (s *Server) run(ctx context.Context, sess session, j *job, out *reply) error {
	tag := "/* http " + uuid.NewString() + " */ " // names the statement for KILL QUERY
	h := out.w.Header()
	h.Set("X-ClickHouse-Format", j.format)
	h.Set("Content-Type", contentType(j.format))
	query := func(text string) (chdb.Result, error) {
		return s.killOnLeave(ctx, tag, func() (chdb.Result, error) { return sess.Query(tag+text, j.format, j.params...) })
	}
	switch {
	case j.data != nil:
		res, err := query(j.insert.fromFile(fdPath(j.data)))
		if err != nil {
			return err
		}
		return out.finish(res)
	case s.hello.asked(j):
		return s.hello.answer(j, out)
	case j.statement.rows:
		return s.stream(j, out, query)
	default:
		return direct(j, out, query)
	}
}

// direct runs a statement whose output is small: DDL, INSERT ... SELECT, KILL and the like.
func direct(j *job, out *reply, query func(string) (chdb.Result, error)) error {
	res, err := query(j.statement.text)
	if err != nil {
		return err
	}
	if _, err := out.Write(res.Data); err != nil {
		return err
	}
	return out.finish(res)
}

// stream runs a statement whose output goes through a pipe to the client while the engine makes it.
func (s *Server) stream(j *job, out *reply, query func(string) (chdb.Result, error)) error {
	r, w, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("pipe for the query's output: %w", err)
	}
	copied := make(chan error, 1)
	go func() {
		_, err := io.Copy(out, r)
		// With the reading end closed the engine's next write fails and the query ends.
		copied <- errors.Join(err, r.Close())
	}()
	res, queryErr := query(j.statement.intoPipe(fdPath(w), j.format))
	closeErr := w.Close()
	copyErr := <-copied
	if queryErr != nil {
		if asException(queryErr).code == codeSyntax && out.size == 0 {
			// Not where this statement takes INTO OUTFILE, or truly wrong: as it came, the message fits the user's text.
			return direct(j, out, query)
		}
		return queryErr
	}
	if err := errors.Join(copyErr, closeErr); err != nil {
		return err
	}
	return out.finish(res)
}

// fdPath names an open file of this process for the engine.
func fdPath(f *os.File) string { return fmt.Sprintf("/proc/self/fd/%d", f.Fd()) }
