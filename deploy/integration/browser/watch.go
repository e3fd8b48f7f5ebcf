package browser

import (
	"fmt"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
)

// Request is what a page asked a server.
type Request struct {
	Method, URL, Body string
}

// Watch notes what a page asks for and complains about. Its methods may be called from any goroutine.
type Watch struct {
	mu       sync.Mutex
	requests []Request
	problems []string
}

// see takes an event of the browser. It runs in the loop that reads them, so it must not ask the browser anything.
func (w *Watch) see(event any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		var body strings.Builder
		for _, part := range e.Request.PostDataEntries {
			body.Write(part.Bytes)
		}
		w.requests = append(w.requests, Request{e.Request.Method, e.Request.URL, body.String()})
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if o := e.ExceptionDetails.Exception; o != nil {
			text += " " + o.Description
		}
		w.problems = append(w.problems, "exception: "+text)
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning || e.Type == runtime.ConsoleAPICalledTypeAssert {
			w.problems = append(w.problems, fmt.Sprintf("console.%s: %s", e.Type, spoken(e.Args)))
		}
	case *log.EventEntryAdded:
		// Violations of the content security policy come here too, and answers from 400 on.
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			w.problems = append(w.problems, fmt.Sprintf("%s %s: %s %s", e.Entry.Source, e.Entry.Level, e.Entry.Text, e.Entry.URL))
		}
	}
}

func spoken(args []*runtime.RemoteObject) string {
	var out []string
	for _, a := range args {
		if a.Description != "" {
			out = append(out, a.Description)
		} else {
			out = append(out, string(a.Value))
		}
	}
	return strings.Join(out, " ")
}

// Problems takes what the page has complained about since the last call: exceptions, errors and warnings in its console,
// requests that were refused, violations of its security policy.
func (w *Watch) Problems() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.problems
	w.problems = nil
	return p
}

// Requests returns everything that the page has asked for since it was opened or since Forget.
func (w *Watch) Requests() []Request {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]Request(nil), w.requests...)
}

// Forget drops the requests seen so far.
func (w *Watch) Forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.requests = nil
}
