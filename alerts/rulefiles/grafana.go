package rulefiles

import "tidemark/processors"

// The shape of Grafana's provisioning files, as far as it is used here.
type (
	grafanaRules struct {
		APIVersion int            `yaml:"apiVersion"`
		Groups     []grafanaGroup `yaml:"groups"`
	}
	grafanaGroup struct {
		OrgID    int           `yaml:"orgId"`
		Name     string        `yaml:"name"`
		Folder   string        `yaml:"folder"`
		Interval string        `yaml:"interval"`
		Rules    []grafanaRule `yaml:"rules"`
	}
	grafanaRule struct {
		UID            string            `yaml:"uid"`
		Title          string            `yaml:"title"`
		Condition      string            `yaml:"condition"`
		Data           []grafanaStep     `yaml:"data"`
		For            string            `yaml:"for"`
		KeepFiringFor  string            `yaml:"keepFiringFor"`
		NoDataState    string            `yaml:"noDataState"`
		ExecErrState   string            `yaml:"execErrState"`
		MissingResolve int               `yaml:"missing_series_evals_to_resolve"`
		DashboardUID   string            `yaml:"dashboardUid"`
		PanelID        uint32            `yaml:"panelId"`
		Labels         map[string]string `yaml:"labels"`
		Annotations    map[string]string `yaml:"annotations"`
		IsPaused       bool              `yaml:"isPaused"`
	}
	grafanaStep struct {
		RefID         string        `yaml:"refId"`
		DatasourceUID string        `yaml:"datasourceUid"`
		Range         *grafanaRange `yaml:"relativeTimeRange,omitempty"`
		Model         any           `yaml:"model"`
	}
	grafanaRange struct { // seconds before now
		From int `yaml:"from"`
		To   int `yaml:"to"`
	}
	grafanaSource struct {
		Type string `yaml:"type"`
		UID  string `yaml:"uid"`
	}
	clickhouseQuery struct {
		RefID         string        `yaml:"refId"`
		Datasource    grafanaSource `yaml:"datasource"`
		PluginVersion string        `yaml:"pluginVersion"`
		EditorType    string        `yaml:"editorType"`
		QueryType     string        `yaml:"queryType"`
		Format        int           `yaml:"format"`
		RawSQL        string        `yaml:"rawSql"`
		IntervalMS    int           `yaml:"intervalMs"`
		MaxDataPoints int           `yaml:"maxDataPoints"`
	}
	reduceStep struct {
		RefID      string            `yaml:"refId"`
		Datasource grafanaSource     `yaml:"datasource"`
		Type       string            `yaml:"type"`
		Expression string            `yaml:"expression"`
		Reducer    string            `yaml:"reducer"`
		Settings   map[string]string `yaml:"settings"`
	}
	thresholdStep struct {
		RefID      string             `yaml:"refId"`
		Datasource grafanaSource      `yaml:"datasource"`
		Type       string             `yaml:"type"`
		Expression string             `yaml:"expression"`
		Conditions []grafanaCondition `yaml:"conditions"`
	}
	grafanaCondition struct {
		Evaluator       evaluator `yaml:"evaluator"`
		UnloadEvaluator evaluator `yaml:"unloadEvaluator"`
	}
	evaluator struct {
		Type   string    `yaml:"type"`
		Params []float64 `yaml:"params"`
	}
)

const grafanaComment = `# Alert rules for those who let Grafana judge (tidemark alert run --raise grafana). tidemark judges by itself unless told
# so: use one of the two, or everything is told twice.
#
# Both tiers of an alert ask for the newest deviation of each series, in standard deviations, as tidemark's evaluator has
# stored it; trigger and recovery are the alert's own. Orange means that yellow fires too: tidemark's hook mutes it.
#
# noDataState and execErrState are KeepLast on purpose. The evaluator stores a reading for each series and window, also
# where nothing happened: no rows, or an error, say that tidemark or ClickHouse is away, not how the shop does. That is
# told once, by the Prometheus rules EvaluatorStalled and StoreFailing, and not by every rule here.
`

// grafanaFiles are the rules, where they are sent, and the tree of policies.
func grafanaFiles(c processors.Catalogue) []document {
	return []document{
		{path: "grafana/rules.yaml", comment: grafanaComment + replaceSite, content: grafanaRulesOf(c)},
		{path: "grafana/contact-points.yaml", comment: contactPointsComment, content: grafanaContactPoints()},
		{path: "grafana/policies.yaml", comment: policiesComment, content: grafanaPolicies()},
	}
}
