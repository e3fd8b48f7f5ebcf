// Package dashboards turns the catalogue of metrics into Grafana boards: classic dashboard JSON, one file per board and
// language, with equal panel ids and SQL in every language, and the files that provision them. A metric says what its
// panels show; this package knows how: SQL over the metric's view, units, thresholds, bands, links, layout.
//
// The files under gen are generated. Preview and Grafana read the same ones.
package dashboards
