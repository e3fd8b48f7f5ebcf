package dashboards

import (
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// override changes how the fields of one name are shown.
func override(name string, properties ...dashboard.DynamicConfigValue) dashboard.DashboardFieldConfigSourceOverrides {
	return dashboard.DashboardFieldConfigSourceOverrides{
		Matcher: dashboard.MatcherConfig{Id: "byName", Options: name}, Properties: properties,
	}
}

// overrideRegexp is override for the fields whose names match.
func overrideRegexp(pattern string, properties ...dashboard.DynamicConfigValue) dashboard.DashboardFieldConfigSourceOverrides {
	return dashboard.DashboardFieldConfigSourceOverrides{
		Matcher: dashboard.MatcherConfig{Id: "byRegexp", Options: pattern}, Properties: properties,
	}
}

func set(id string, value any) dashboard.DynamicConfigValue {
	return dashboard.DynamicConfigValue{Id: id, Value: value}
}
