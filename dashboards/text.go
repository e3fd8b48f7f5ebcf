package dashboards

import (
	"fmt"
	"strings"
	"time"

	"tidemark/processors"
)

// lang is a language that boards are written in.
type lang string

const (
	en lang = "en"
	zh lang = "zh"
)

func languages() []lang { return []lang{en, zh} }

// of picks the language's text.
func (l lang) of(t processors.Text) string {
	if l == zh {
		return t.ZH
	}
	return t.EN
}

// say is of for a text on the spot.
func (l lang) say(en, zh string) string { return l.of(processors.Text{EN: en, ZH: zh}) }

// length writes a length of time of whole seconds, for example 1 min 1 s.
func (l lang) length(d time.Duration) string {
	var parts []string
	for _, u := range []struct {
		of     time.Duration
		en, zh string
	}{{time.Hour, "h", "小时"}, {time.Minute, "min", "分钟"}, {time.Second, "s", "秒"}} {
		if n := d / u.of; n > 0 {
			parts, d = append(parts, fmt.Sprintf("%d %s", n, l.say(u.en, u.zh))), d%u.of
		}
	}
	return strings.Join(parts, " ")
}

// tag marks a board's language for Grafana's search.
func (l lang) tag() string { return l.say("lang:en", "lang:zh-CN") }

func (l lang) other() lang {
	if l == zh {
		return en
	}
	return zh
}
