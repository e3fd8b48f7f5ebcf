package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"github.com/rs/zerolog"

	"tidemark/alerts"
	"tidemark/dashboards"
	"tidemark/dashboards/preview"
	"tidemark/processors"
	"tidemark/processors/metrics"
)

// checkBoards wants every board of this binary to be one that the preview can draw, and the page to be there.
func checkBoards() (string, error) {
	assets, err := preview.Assets()
	if err != nil {
		return "", err
	}
	nothing := func(context.Context, string) (preview.Result, error) {
		return preview.Result{}, errors.New("not asked")
	}
	_, err = preview.New(preview.Config{Boards: dashboards.Files(), Query: nothing, Assets: assets, Log: zerolog.Nop()})
	if err != nil {
		return "", err
	}
	panels, err := panelIDs(dashboards.Files())
	return fmt.Sprintf("%d boards, all can be drawn", len(panels)), err
}

// checkAlerts wants every rule to be one that can be judged, and its message to lead to a panel, in every language.
func checkAlerts() (string, error) {
	rules := alerts.Rules(metrics.All())
	if _, err := alerts.NewEvaluator(rules, alerts.History{}); err != nil {
		return "", err
	}
	panels, err := panelIDs(dashboards.Files())
	if err != nil {
		return "", err
	}
	for i := range rules {
		r := &rules[i]
		for _, lang := range []string{"en", "zh"} {
			if uid := processors.BoardUID(r.Board, lang); !panels[uid][r.Panel] {
				return "", fmt.Errorf("%s leads to panel %d of %s, which is not there: run tidemark generate and build again", r.Name, r.Panel, uid)
			}
		}
	}
	return fmt.Sprintf("%d rules, each leads to its panel", len(rules)), nil
}

// panelIDs are the panels of each board, by its uid.
func panelIDs(boards fs.FS) (map[string]map[uint32]bool, error) {
	names, err := fs.Glob(boards, "*/*.json")
	if err != nil {
		return nil, err
	}
	out := map[string]map[uint32]bool{}
	for _, name := range names {
		text, err := fs.ReadFile(boards, name)
		if err != nil {
			return nil, err
		}
		var board struct {
			UID    string
			Panels []struct{ ID uint32 }
		}
		if err := json.Unmarshal(text, &board); err != nil {
			return nil, fmt.Errorf("board %s: %w", name, err)
		}
		out[board.UID] = map[uint32]bool{}
		for _, p := range board.Panels {
			out[board.UID][p.ID] = true
		}
	}
	return out, nil
}
