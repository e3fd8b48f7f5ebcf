package dashboards

import (
	"fmt"
	"slices"
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"tidemark/processors"
)

// link leads to an address of Grafana.
func link(title, url string) dashboard.DashboardLink {
	return dashboard.DashboardLink{Title: title, Type: dashboard.DashboardLinkTypeLink, Url: &url, Tags: []string{}}
}

// drill is the link to a board on which some variables are set. The range and the shop come along, and every other
// choice that both boards know.
func (m maker) drill(target string, set map[string]string) (dashboard.DashboardLink, error) {
	to, ok := find(target)
	if !ok {
		return dashboard.DashboardLink{}, unknownBoard(target)
	}
	parts := []string{"${__url_time_range}"}
	used := 0
	for _, v := range append([]string{"shop"}, to.vars...) {
		switch value := set[v]; {
		case value != "":
			parts = append(parts, "var-"+v+"="+value)
			used++
		case v == "shop" || slices.Contains(m.board.vars, v):
			parts = append(parts, "${"+v+":queryparam}")
		}
	}
	if used == 0 {
		return dashboard.DashboardLink{}, fmt.Errorf("board %q cannot choose any of the panel's dimensions: it has %v", target, to.vars)
	}
	title := m.lang.say("Show on: ", "查看：") + m.lang.of(to.title)
	return link(title, "/d/"+processors.BoardUID(target, string(m.lang))+"?"+strings.Join(parts, "&")), nil
}
