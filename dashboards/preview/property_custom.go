package preview

import "fmt"

type lineStyleJSON struct {
	Fill string    `json:"fill"`
	Dash []float64 `json:"dash"`
}

func readAlign(v string) (setter, error) {
	switch v {
	case "auto", "":
		v = ""
	case "left", "right":
	default:
		return nil, fmt.Errorf("alignment %q", v)
	}
	return func(c *fieldConfig) { c.custom.align = v }, nil
}

type cellJSON struct {
	Type             string `json:"type"`
	Mode             string `json:"mode"`
	ValueDisplayMode string `json:"valueDisplayMode"`
	WrapText         bool   `json:"wrapText"`
}

func readCell(v cellJSON) (setter, error) {
	kinds := map[string]string{"auto": "", "color-background": cellBackground, "color-text": cellText, "gauge": cellBar}
	kind, ok := kinds[v.Type]
	if !ok {
		return nil, fmt.Errorf("cell type %q", v.Type)
	}
	return func(c *fieldConfig) { c.custom.cell = kind }, nil
}
