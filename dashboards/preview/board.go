package preview

import (
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

type boardJSON struct {
	UID                  string     `json:"uid"`
	Title                string     `json:"title"`
	Description          string     `json:"description"`
	Tags                 []string   `json:"tags"`
	Timezone             string     `json:"timezone"`
	WeekStart            string     `json:"weekStart"`
	Editable             bool       `json:"editable"`
	GraphTooltip         int        `json:"graphTooltip"`
	FiscalYearStartMonth int        `json:"fiscalYearStartMonth"`
	LiveNow              bool       `json:"liveNow"`
	Preload              bool       `json:"preload"`
	Refresh              string     `json:"refresh"`
	SchemaVersion        int        `json:"schemaVersion"`
	Version              int        `json:"version"`
	Links                []linkJSON `json:"links"`
	Time                 struct {
		From string `json:"from"`
		To   string `json:"to"`
	} `json:"time"`
	Timepicker struct {
		RefreshIntervals []string `json:"refresh_intervals"`
		Hidden           bool     `json:"hidden"`
	} `json:"timepicker"`
	Panels     []jsontext.Value `json:"panels"`
	Templating struct {
		List []variableJSON `json:"list"`
	} `json:"templating"`
	Annotations struct {
		List []annotationJSON `json:"list"`
	} `json:"annotations"`
}

// parseBoard reads one file. Its errors, all of them joined, name the board, the panel and the place in the JSON.
func parseBoard(file string, text []byte) (*board, error) {
	var errs []error
	r := reader{where: "board " + file, errs: &errs}
	var j boardJSON
	if !r.decode("", text, &j) {
		return nil, errors.Join(errs...)
	}
	r.where = "board " + j.UID
	b := &board{Board: Board{
		BoardLink: BoardLink{UID: j.UID, ID: strings.TrimSuffix(path.Base(file), ".json"), Title: j.Title, Lang: language(j.Tags)},
		From:      j.Time.From, To: j.Time.To, Refresh: j.Refresh, Intervals: append([]string{}, j.Timepicker.RefreshIntervals...), Timezone: j.Timezone,
		Variables: []Variable{}, Panels: []Panel{},
	}, panels: map[int64]*panel{}}
	b.check(r)
	for i := range j.Links {
		at := fmt.Sprintf("/links/%d", i)
		l, err := j.Links[i].template()
		if err != nil {
			r.cannot(at, "%w", err)
		}
		b.links = append(b.links, l.board)
	}
	b.readVariables(r, j.Templating.List)
	for i, raw := range j.Panels {
		b.readPanel(r, fmt.Sprintf("/panels/%d", i), raw)
	}
	for i := range j.Annotations.List {
		b.readAnnotation(r, fmt.Sprintf("/annotations/list/%d", i), &j.Annotations.List[i])
	}
	return b, errors.Join(errs...)
}

func language(tags []string) string {
	for _, t := range tags {
		if lang, ok := strings.CutPrefix(t, "lang:"); ok {
			lang, _, _ = strings.Cut(lang, "-")
			return lang
		}
	}
	return ""
}

// check reports what is wrong with the board itself.
func (b *board) check(r reader) {
	if b.UID == "" {
		r.cannot("/uid", "a board needs one")
	}
	r.only("/tags", b.Lang, "en", "zh")
	if b.Timezone == "" {
		b.Timezone = "browser"
	}
	if b.Timezone != "browser" {
		zone, err := time.LoadLocation(b.Timezone)
		if err != nil {
			r.cannot("/timezone", "%w", err)
		}
		b.zone = zone
	}
	if _, err := parseSpan(b.From, b.To, time.Now(), time.UTC); err != nil {
		r.cannot("/time", "%w", err)
	}
	for _, s := range append([]string{b.Refresh}, b.Intervals...) {
		if _, err := parseInterval(s); err != nil {
			r.cannot("/refresh", "%w", err)
		}
	}
}
