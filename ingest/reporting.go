package ingest

import (
	"cmp"

	"tidemark/schemas"
)

// reportOrder adds the amounts in the shop's reporting currency, so that they add up; none where no rate is known. What a
// sender says of them does not count: all sources are converted by one table.
func (in *intake) reportOrder(o *schemas.Order) {
	o.ReportingCurrency, o.ReportingTotal, o.ReportingRefund = "", 0, 0
	if amounts, ok := in.sender.shop.InReporting(o.Currency, o.OccurredAt, o.Total, o.Refund); ok {
		o.ReportingCurrency, o.ReportingTotal, o.ReportingRefund = in.sender.shop.Currency, amounts[0], amounts[1]
	}
}

// reportSpend is the same for spend, at the rate of the day on which its period begins.
func (in *intake) reportSpend(s *schemas.Spend) {
	s.Reporting, s.InReporting = "", 0
	if amounts, ok := in.sender.shop.InReporting(s.Currency, cmp.Or(s.PeriodStart, s.OccurredAt), s.Amount); ok {
		s.Reporting, s.InReporting = in.sender.shop.Currency, amounts[0]
	}
}
