package rulefiles

import (
	"time"

	"tidemark/alerts"
	"tidemark/processors"
)

// rollupStale watches what is computed by day and month.
func rollupStale() health {
	const age = `max by (rollup) (tidemark_rollup_age_seconds)`
	return health{
		Name: "rollup_stale", Title: processors.Text{EN: "Figures by day are old", ZH: "日、月汇总过期"}, Value: processors.Text{EN: "seconds since the last refresh", ZH: "距上次更新秒数"}, Series: []string{"rollup"},
		Tiers: []healthTier{
			{alerts.Yellow, age + ` > 900`, time.Minute},
			{alerts.Orange, age + ` > 3600 or absent(tidemark_rollup_age_seconds{rollup="net_sales"})`, 2 * time.Minute},
		},
		Runbook: processors.Runbook{
			Meaning: processors.Text{
				EN: "A rollup has not been brought up to date: customers, logistics and net sales stand still, late events are not yet in them. Nothing is lost: the next pass makes it up.",
				ZH: "汇总未能更新：客户、物流、净支付金额停滞，迟到事件尚未补算。数据不会丢失，恢复后的下一次运行会补齐。",
			},
			Look: processors.Text{
				EN: "Whether tidemark rollup runs, and its log. tidemark_rollup_failures_total: ClickHouse refuses a statement, or memory is short. tidemark_rollup_due_periods: after an import a pass has years to compute.",
				ZH: "确认 tidemark rollup 是否运行并查看日志。tidemark_rollup_failures_total 上升：ClickHouse 拒绝执行或内存不足；tidemark_rollup_due_periods 很大：导入历史后需补算多年数据。",
			},
			Act: processors.Text{
				EN: "Start it, or mend ClickHouse: see store_failing. It goes on where the last one stopped. One rollup alone: tidemark rollup --once --only NAME says what is wrong.",
				ZH: "启动进程或恢复 ClickHouse（见 store_failing），会从中断处继续。仅单个汇总异常时运行 tidemark rollup --once --only NAME 查看原因。",
			},
		},
		Tests: []healthTest{
			{Name: "one has stood for twenty minutes", Input: [][2]string{{`tidemark_rollup_age_seconds{rollup="rfm"}`, "1200x120"}, {`tidemark_rollup_age_seconds{rollup="net_sales"}`, "30x120"}},
				Firing: []healthFiring{{alerts.Yellow, map[string]string{"rollup": "rfm"}, "1.2k"}}},
			{Name: "nobody runs them", Input: [][2]string{{`up{job="tidemark-rollup"}`, "0x120"}},
				Firing: []healthFiring{{alerts.Orange, map[string]string{"rollup": "net_sales"}, "1"}}},
			{Name: "fresh", Input: [][2]string{{`tidemark_rollup_age_seconds{rollup="rfm"}`, "120x120"}, {`tidemark_rollup_age_seconds{rollup="net_sales"}`, "30x120"}}},
		},
	}
}
