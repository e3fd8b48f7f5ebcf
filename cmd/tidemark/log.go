package main

import (
	"io"
	"os"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/rs/zerolog"
)

// logFlags say how much is logged and how.
type logFlags struct {
	Level  string `enum:"debug,info,warn,error" default:"info" help:"How much to log: ${enum}."`
	Format string `enum:"auto,json,console" default:"auto" help:"How to log: ${enum}; auto is console on a terminal."`
}

func (f logFlags) logger(w io.Writer) (zerolog.Logger, error) {
	level, err := zerolog.ParseLevel(f.Level)
	if err != nil {
		return zerolog.Logger{}, usage{err}
	}
	if f.Format == "console" || f.Format == "auto" && terminal(w) {
		w = zerolog.ConsoleWriter{Out: w, TimeFormat: time.TimeOnly, NoColor: !terminal(w)}
	}
	return zerolog.New(w).Level(level).With().Timestamp().Logger(), nil
}

// terminal reports whether a person looks at w.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}
