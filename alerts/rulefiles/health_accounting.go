package rulefiles

import (
	"time"

	"tidemark/alerts"
	"tidemark/processors"
)

// accountingChecks watch that every event read is accounted for.
func accountingChecks() []health { return []health{accountingDifference(), accountingUnchecked()} }

func accountingDifference() health {
	difference := func(group, metric, values string) [2]string {
		return [2]string{`tidemark_accounting_difference{group="` + group + `",metric="` + metric + `"}`, values}
	}
	views := map[string]string{"group": "tidemark-fast", "metric": "page_views"}
	return health{
		Name: "accounting_difference", Title: processors.Text{EN: "Events are not accounted for", ZH: "事件对账不平"}, Value: processors.Text{EN: "events of the last hour", ZH: "近一小时差异事件数"}, Series: []string{"group", "metric"},
		Tiers: []healthTier{{alerts.Orange, `max by (group, metric) (tidemark_accounting_difference) > 0`, 2 * time.Minute}},
		Runbook: processors.Runbook{
			Meaning: processors.Text{
				EN: "Produced is not counted + late + duplicate + quarantined + skipped + cut in an account, or the groups say different numbers of events for the same minute. Some figure is wrong or incomplete; it stays so until it is mended.",
				ZH: "某个账目中“产生”不等于计入、迟到、重复、隔离、跳过与截断之和，或各消费组对同一分钟的事件数不一致。相关数据有误或不完整，修复前不会自行恢复。",
			},
			Look: processors.Text{
				EN: "tidemark audit --brokers names the first difference: partition, minute, group, metric. The log of that group: a commit without a position, a partition that began amid its log. The panel on the board Data pipeline.",
				ZH: "运行 tidemark audit --brokers 查看第一处差异（分区、分钟、消费组、指标）；查看该组日志是否有无位置信息的提交或从日志中段开始读取；另见“数据链路”看板。",
			},
			Act: processors.Text{
				EN: "Recompute the windows around that minute from raw events. Where land is short, set its offsets back before the minute: landing twice changes nothing.",
				ZH: "用原始事件重算该分钟前后的窗口；若 land 缺失，将其位移回退至该分钟之前，重复落库不会产生影响。",
			},
		},
		Tests: []healthTest{
			{Name: "three events", Input: [][2]string{difference("tidemark-fast", "page_views", "3x120"), difference("tidemark-land", "land", "0x120")},
				Firing: []healthFiring{{alerts.Orange, views, "3"}}},
			{Name: "a check in between", Input: [][2]string{difference("tidemark-fast", "page_views", "0x110 3 0x9")}},
			{Name: "nothing missing", Input: [][2]string{difference("tidemark-fast", "page_views", "0x120")}},
		},
	}
}

func accountingUnchecked() health {
	return health{
		Name: "accounting_unchecked", Title: processors.Text{EN: "Accounts are not compared", ZH: "对账停止"}, Value: processors.Text{EN: "seconds since the last time", ZH: "未对账秒数"},
		Tiers: []healthTier{{alerts.Yellow, `time() - (max(tidemark_accounting_last_check_timestamp_seconds) or vector(0)) > 600`, 5 * time.Minute}},
		Runbook: processors.Runbook{
			Meaning: processors.Text{
				EN: "Nobody would notice that events are missing: accounting_difference shows the last comparison, or nothing.",
				ZH: "若有事件缺失将无人察觉：accounting_difference 停留在上次结果或无数据。",
			},
			Look: processors.Text{
				EN: "tidemark alert run compares each minute: program_down for its job, evaluator_stalled, and its log.",
				ZH: "对账由 tidemark alert run 每分钟执行：查看其 program_down、evaluator_stalled 与日志。",
			},
			Act: processors.Text{EN: "Start it again, or bring ClickHouse back. tidemark audit compares by hand.", ZH: "重新启动或恢复 ClickHouse；可手动运行 tidemark audit。"},
		},
		Tests: []healthTest{
			{Name: "stopped twenty minutes ago", Input: [][2]string{{`tidemark_accounting_last_check_timestamp_seconds{instance="a"}`, "0+15x40 600x80"}},
				Firing: []healthFiring{{alerts.Yellow, nil, "1.2k"}}},
			{Name: "nobody compares", Firing: []healthFiring{{alerts.Yellow, nil, "1.8k"}}},
			{Name: "runs", Input: [][2]string{{`tidemark_accounting_last_check_timestamp_seconds{instance="a"}`, "0+15x120"}}},
		},
	}
}
