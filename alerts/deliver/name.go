package deliver

import "strings"

// AlertName is the label alertname of a rule: paid_orders_fall becomes PaidOrdersFall.
func AlertName(rule string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(rule, "_") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}
