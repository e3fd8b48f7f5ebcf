package rulefiles

import (
	"fmt"
	"hash/fnv"
	"path"
	"time"

	"tidemark/alerts"
	"tidemark/processors"
)

const longestUID = 40 // Grafana's limit

// uid identifies a rule in Grafana. A long name keeps its beginning, and a hash tells it from others.
func uid(name string, tier alerts.Tier) string {
	id := name + "-" + tier.String()
	if len(id) <= longestUID {
		return id
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(id)) // a hash never fails
	return fmt.Sprintf("%s-%08x", id[:longestUID-9], h.Sum32())
}

// runbookURL is where the page of an alert is served.
func runbookURL(name string) string { return Site + "/" + path.Join(RunbooksDir, name+".md") }

// boardPath is a board of the preview, below its origin.
func boardPath(board, lang string) string { return "/?board=" + board + "&lang=" + lang }

// panelPath is a panel of a board in Grafana, below its origin.
func panelPath(board, lang string, panel uint32) string {
	return fmt.Sprintf("/d/%s?viewPanel=panel-%d", processors.BoardUID(board, lang), panel)
}

// period writes a duration as Prometheus and Grafana read it: whole seconds, minutes, hours or days.
func period(d time.Duration) string {
	for _, unit := range []struct {
		size time.Duration
		sign string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}} {
		if d >= unit.size && d%unit.size == 0 {
			return fmt.Sprintf("%d%s", d/unit.size, unit.sign)
		}
	}
	return fmt.Sprintf("%ds", d/time.Second)
}
