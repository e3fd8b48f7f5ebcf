package metrics

import "tidemark/processors"

// All is the catalogue of metrics that tidemark computes.
func All() processors.Catalogue {
	visits := visits() // shared: one set of sessions, many metrics
	return processors.Catalogue{
		pageViews(),
		clickThrough(),
		sessionMetric(visits),
		checkoutFunnel(visits),
		trade(),
		dailyActive(),
		activeUsers(),
		netSales(),
		rfm(),
		rfmMoves(),
		cohortRetention(),
		onTime(),
	}
}
