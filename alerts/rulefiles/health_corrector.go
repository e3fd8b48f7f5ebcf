package rulefiles

import (
	"time"

	"tidemark/alerts"
	"tidemark/processors"
)

// correctorStale watches the rebuilding of windows that late events have changed.
func correctorStale() health {
	const age = `time() - max(tidemark_correct_last_run_timestamp_seconds)`
	return health{
		Name: "corrector_stale", Title: processors.Text{EN: "Late events are not worked in", ZH: "迟到事件未补算"}, Value: processors.Text{EN: "seconds since all were", ZH: "距上次全部补算秒数"},
		Tiers: []healthTier{
			{alerts.Yellow, age + ` > 1800 or absent(tidemark_correct_last_run_timestamp_seconds)`, 5 * time.Minute},
			{alerts.Orange, age + ` > 21600`, 5 * time.Minute},
		},
		Runbook: processors.Runbook{
			Meaning: processors.Text{
				EN: "Closed windows that late events belong to are not corrected: figures of the past stay a little too low. What is live is right, and nothing is lost: the marks stay until somebody works them in.",
				ZH: "迟到事件所属的已关闭窗口未被修正：历史数据略偏低。实时数据不受影响，也不会丢失——标记会保留到补算为止。",
			},
			Look: processors.Text{
				EN: "Whether tidemark correct runs, and its log: corrections wait for land where land is behind. tidemark_correct_failures_total: ClickHouse refuses, or memory is short. tidemark_correct_open_marks is what waits; board Data pipeline shows the delay.",
				ZH: "确认 tidemark correct 是否运行并查看日志（land 落后时会等待）。tidemark_correct_failures_total 上升：ClickHouse 拒绝执行或内存不足；tidemark_correct_open_marks 为待修正窗口数；延迟见「数据管道」看板。",
			},
			Act: processors.Text{
				EN: "Start it, or mend ClickHouse: see store_failing. tidemark recompute does the same by hand for one metric and range.",
				ZH: "启动进程或恢复 ClickHouse（见 store_failing）。也可用 tidemark recompute 手动补算单个指标与时间段。",
			},
		},
		Tests: []healthTest{
			{Name: "it has failed for forty minutes", Input: [][2]string{{`tidemark_correct_last_run_timestamp_seconds`, "0x160"}}, At: "40m",
				Firing: []healthFiring{{alerts.Yellow, nil, "2.4k"}}},
			{Name: "for seven hours", Input: [][2]string{{`tidemark_correct_last_run_timestamp_seconds`, "0x1700"}}, At: "7h",
				Firing: []healthFiring{{alerts.Yellow, nil, "25.2k"}, {alerts.Orange, nil, "25.2k"}}},
			{Name: "nobody corrects", Input: [][2]string{{`up{job="tidemark-correct"}`, "0x160"}},
				Firing: []healthFiring{{alerts.Yellow, nil, "1"}}},
			{Name: "one of two works", Input: [][2]string{{`tidemark_correct_last_run_timestamp_seconds{instance="a"}`, "0x160"}, {`tidemark_correct_last_run_timestamp_seconds{instance="b"}`, "0+15x160"}}, At: "40m"},
		},
	}
}
