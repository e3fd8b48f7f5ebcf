package preview

import (
	_ "embed"
	"strings"
	"testing"
)

//go:embed testdata/board.json
var testBoard string

func TestParseBoard(t *testing.T) {
	b, err := parseBoard("en/test.json", []byte(testBoard))
	if err != nil {
		t.Fatal(err)
	}
	if b.UID != "tidemark-test-en" || b.ID != "test" || b.Lang != "en" || b.Refresh != "10s" || len(b.Intervals) != 2 {
		t.Errorf("board: %+v", b.Board)
	}
	var kinds []string
	for _, p := range b.Panels {
		kinds = append(kinds, p.Type)
	}
	if got := strings.Join(kinds, " "); got != "row timeseries stat gauge bars funnel table text" {
		t.Errorf("panels: %s", got)
	}
	if len(b.Variables) != 3 || b.Variables[0].Name != "shop" || len(b.Variables[1].Current) != 1 || len(b.variables[2].fixed) != 2 {
		t.Errorf("variables: %+v", b.variables)
	}
	if len(b.marks) != 1 || b.marks[0].color != "orange" {
		t.Errorf("annotations: %+v", b.marks)
	}
}

// What the preview cannot draw is an error that names the board, the panel and the place in the file.
func TestParseBoardRefuses(t *testing.T) {
	cases := map[string]struct{ old, new, want string }{
		"board member":      {`"schemaVersion": 42`, `"schemaVersion": 42, "snapshot": {}`, `board en/test.json`},
		"language":          {`"lang:en"`, `"lang:fr"`, `/tags: "fr"`},
		"time zone":         {`"timezone": "browser"`, `"timezone": "Mars/Base"`, `/timezone`},
		"range":             {`"from": "now-6h"`, `"from": "yesterday"`, `/time`},
		"refresh":           {`"refresh": "10s"`, `"refresh": "often"`, `/refresh`},
		"panel type":        {`"type": "gauge", "id": 4`, `"type": "piechart", "id": 4`, `panel 4 (piechart) at /panels/3/type: unknown panel type "piechart"`},
		"panel member":      {`"id": 4, "title"`, `"id": 4, "repeat": "shop", "title"`, `panel 4 (gauge) at /panels/3/repeat`},
		"panel id":          {`"id": 4,`, `"id": 3,`, `/panels/3/id`},
		"grid":              {`{"x": 20, "y": 1, "w": 4`, `{"x": 20, "y": 1, "w": 5`, `/panels/7/gridPos`},
		"data source":       {`"id": 4, "title"`, `"id": 4, "datasource": {"type": "prometheus"}, "title"`, `panel 4 (gauge) at /panels/3/datasource/type: "prometheus"`},
		"target's source":   {`"format": 1}]`, `"format": 1, "datasource": {"type": "loki"}}]`, `/targets/0/datasource/type: "loki"`},
		"variable's source": {`"datasource": {"type": "grafana-clickhouse-datasource"`, `"datasource": {"type": "prometheus"`, `/templating/list/1/datasource/type`},
		"marks' source":     {`"iconColor": "orange"`, `"iconColor": "orange", "datasource": {"type": "grafana"}`, `/annotations/list/0/datasource/type`},
		"interval":          {`"interval": "1m"`, `"interval": "soon"`, `/panels/1/interval`},
		"unknown option":    {`"showUnfilled": true`, `"showUnfilled": true, "glow": 1`, `panel 5 (bargauge) at /panels/4/options/glow`},
		"option's value":    {`"graphMode": "area"`, `"graphMode": "rings"`, `panel 3 (stat) at /panels/2/options/graphMode: "rings"`},
		"percent change":    {`"showPercentChange": false`, `"showPercentChange": true`, `/options/showPercentChange`},
		"calculation":       {`"calcs": ["max"]`, `"calcs": ["median"]`, `/panels/3/options/reduceOptions/calcs`},
		"legend":            {`"displayMode": "list", "placement": "bottom", "showLegend": true`, `"displayMode": "tree", "placement": "bottom", "showLegend": true`, `/panels/1/options/legend/displayMode`},
		"orientation":       {`"orientation": "horizontal"`, `"orientation": "vertical"`, `/options/orientation`},
		"text mode":         {`"mode": "markdown"`, `"mode": "html"`, `panel 8 (text) at /panels/7/options/mode`},
		"field property":    {`"defaults": {"min": 0`, `"defaults": {"fieldMinMax": true, "min": 0`, `panel 4 (gauge) at /panels/3/fieldConfig/defaults/fieldMinMax: unknown property`},
		"custom property":   {`"drawStyle": "line"`, `"stacking": {}, "drawStyle": "line"`, `/defaults/custom/stacking: unknown property "custom.stacking"`},
		"custom value":      {`"drawStyle": "line"`, `"drawStyle": "bars"`, `/defaults/custom/drawStyle`},
		"kind":              {`"tidemark": "funnel"`, `"tidemark": "pie"`, `/custom/tidemark`},
		"unit":              {`"unit": "percentunit", "decimals"`, `"unit": "currencyCNY", "decimals"`, `panel 3 (stat) at /panels/2/fieldConfig/defaults/unit: unit "currencyCNY"`},
		"colour":            {`"fixedColor": "light-blue"`, `"fixedColor": "#ff0000"`, `/overrides/0/properties/1: colour "#ff0000"`},
		"colour mode":       {`"mode": "palette-classic-by-name"`, `"mode": "continuous-reds"`, `colour mode`},
		"thresholds":        {`{"value": 0.05, "color": "yellow"}, {"value": 0.5`, `{"value": 0.5, "color": "yellow"}, {"value": 0.05`, `do not ascend`},
		"threshold base":    {`[{"value": null, "color": "green"}, {"value": 25`, `[{"value": 1, "color": "green"}, {"value": 25`, `has no value`},
		"threshold mode":    {`"mode": "percentage"`, `"mode": "relative"`, `threshold mode`},
		"matcher":           {`{"id": "byName", "options": "rate"}`, `{"id": "byValue", "options": "rate"}`, `panel 7 (table) at /panels/6/fieldConfig/overrides/0/matcher/id: override matcher "byValue"`},
		"matcher's regexp":  {`"/^orders app$/"`, `"/(/"`, `/overrides/1/matcher/options`},
		"override property": {`{"id": "decimals", "value": 0}`, `{"id": "custom.glow", "value": 0}`, `/overrides/0/properties/1: unknown property "custom.glow"`},
		"override's type":   {`{"id": "decimals", "value": 0}`, `{"id": "decimals", "value": "two"}`, `/overrides/0/properties/1`},
		"mapping":           {`[{"type": "value"`, `[{"type": "lookup"`, `mapping type "lookup"`},
		"mapping's member":  {`{"text": "App", "index": 0}`, `{"text": "App", "icon": "x"}`, `mapping 0`},
		"transformation":    {`"id": "organize"`, `"id": "joinByField"`, `panel 7 (table) at /panels/6/transformations/0/id: transformation "joinByField"`},
		"its option":        {`"excludeByName"`, `"includeByName": {}, "excludeByName"`, `/transformations/0/options/includeByName`},
		"cell":              {`{"type": "gauge"}`, `{"type": "sparkline"}`, `cell type`},
		"macro":             {`$__timeFilter(at) AND shop`, `$__timeFilters(at) AND shop`, `/targets/0/rawSql: unknown macro $__timeFilters`},
		"variable":          {`shop = ${shop:singlequote} AND $__conditionalAll`, `shop = ${store:singlequote} AND $__conditionalAll`, `unknown variable $store`},
		"bare variable":     {`shop = ${shop:singlequote} AND $__conditionalAll`, `shop = '$shop' AND $__conditionalAll`, `singlequote`},
		"logs": {`"queryType": "table", "format": 1}],
      "transformations"`, `"queryType": "logs", "format": 2}],
      "transformations"`, `/panels/6/targets/0`},
		"script link":         {`/d/tidemark-test-en?var-channel=${__value.raw}`, `javascript:alert(1)`, `/overrides/2/properties/0`},
		"reference":           {`var-channel=${__value.raw}`, `var-channel=${__value.time}`, `reference`},
		"reference in a name": {`"displayName": "${__field.labels.channel}"`, `"displayName": "${__series.name}"`, `/defaults/displayName`},
		"text variable":       {`"type": "custom"`, `"type": "textbox"`, `/templating/list/3/type`},
		"variable member":     {`"name": "shop", "label"`, `"name": "shop", "allValue": ".*", "label"`, `allValue`},
		"variable's regexp":   {`"name": "shop", "label"`, `"name": "shop", "regex": "x", "label"`, `/templating/list/1`},
		"annotation colour":   {`"iconColor": "orange"`, `"iconColor": "#fff"`, `/annotations/list/0/iconColor`},
		"panel link":          {`"title": "Level",`, `"title": "Level", "links": [{"title": "x", "type": "dashboards", "icon": "", "tooltip": "", "tags": ["a"], "asDropdown": true, "targetBlank": false, "includeVars": false, "keepTime": false}],`, `/panels/3/links/0`},
		"no query":            {`"id": 8, "title": "Notes"`, `"id": 8, "title": "Notes", "targets": [{"refId": "A", "editorType": "sql", "rawSql": "SELECT 1", "format": 1}]`, `/panels/7/targets`},
	}
	cases["kind of another panel"] = struct{ old, new, want string }{`"tidemark": "funnel"`, `"tidemark": "alerts"`, `a bargauge as alerts`}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(testBoard, c.old, c.new, 1)
			if text == testBoard {
				t.Fatalf("%s does not occur in the board", c.old)
			}
			_, err := parseBoard("en/test.json", []byte(text))
			if err == nil || !strings.Contains(err.Error(), "preview cannot draw board ") || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestParseBoardReportsEverything(t *testing.T) {
	text := strings.NewReplacer(`"mode": "markdown"`, `"mode": "html"`, `"graphMode": "area"`, `"graphMode": "rings"`).Replace(testBoard)
	_, err := parseBoard("en/test.json", []byte(text))
	if err == nil || strings.Count(err.Error(), "preview cannot draw") != 2 {
		t.Errorf("got %v, want two problems", err)
	}
}
