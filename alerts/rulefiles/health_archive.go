package rulefiles

import (
	"time"

	"tidemark/alerts"
	"tidemark/processors"
)

// archiveStale watches the copy of the raw events that outlives Kafka and ClickHouse. Who keeps no archive has no series.
func archiveStale() health {
	const waiting = `max(tidemark_archive_waiting_seconds)`
	return health{
		Name: "archive_stale", Title: processors.Text{EN: "The archive is behind", ZH: "归档滞后"}, Value: processors.Text{EN: "seconds that events have waited", ZH: "事件等待归档秒数"},
		Tiers: []healthTier{
			{alerts.Yellow, waiting + ` > 1800`, time.Minute},
			{alerts.Orange, waiting + ` > 7200`, time.Minute},
		},
		Runbook: processors.Runbook{
			Meaning: processors.Text{
				EN: "Raw events wait for their file in the archive for longer than half an hour; five minutes are usual. Boards and alerts are right. What waits would be lost only if Kafka lost it too.",
				ZH: "原始事件等待写入归档已超过半小时（通常为五分钟）。看板与预警不受影响；仅当 Kafka 同时丢失数据时，等待中的事件才会丢失。",
			},
			Look: processors.Text{
				EN: "tidemark_archive_errors_total: the folder is full or not writable, or the bucket refuses. consumer_lag of tidemark-archive: the worker is slow, or has been down. Right after an import: the worker may not be allowed to write its heartbeat into the .history topic.",
				ZH: "tidemark_archive_errors_total 上升：目录已满、不可写，或对象存储拒绝写入；tidemark-archive 的 consumer_lag：工作进程缓慢或曾停止；刚导入历史数据后：工作进程可能无权向 .history 主题写入心跳。",
			},
			Act: processors.Text{
				EN: "Make room or mend access; the worker tries again by itself and nothing is written twice. Mind Kafka's retention: it must outlast the outage.",
				ZH: "释放空间或恢复访问权限；工作进程会自动重试且不会重复写入。注意 Kafka 保留期须长于故障时间。",
			},
		},
		Tests: []healthTest{
			{Name: "the folder has been full for forty minutes", Input: [][2]string{{`tidemark_archive_waiting_seconds{instance="a"}`, "2400x120"}, {`tidemark_archive_waiting_seconds{instance="b"}`, "60x120"}},
				Firing: []healthFiring{{alerts.Yellow, nil, "2.4k"}}},
			{Name: "for three hours", Input: [][2]string{{`tidemark_archive_waiting_seconds{instance="a"}`, "10800x120"}},
				Firing: []healthFiring{{alerts.Yellow, nil, "10.8k"}, {alerts.Orange, nil, "10.8k"}}},
			{Name: "an open span", Input: [][2]string{{`tidemark_archive_waiting_seconds{instance="a"}`, "0+15x20 0x100"}}},
		},
	}
}
