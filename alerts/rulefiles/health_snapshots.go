package rulefiles

import (
	"time"

	"tidemark/alerts"
	"tidemark/processors"
)

// snapshotStale watches the cache that makes restarts quick. Nothing is wrong without it, only slower.
func snapshotStale() health {
	const age = `max by (group, topic) (tidemark_run_snapshot_age_seconds)`
	return health{
		Name: "snapshot_stale", Title: processors.Text{EN: "Snapshots of a group are old", ZH: "消费组快照过期"}, Value: processors.Text{EN: "seconds old", ZH: "距最近快照秒数"}, Series: []string{"group", "topic"},
		Tiers: []healthTier{{alerts.Yellow, age + ` > 600`, 5 * time.Minute}},
		Runbook: processors.Runbook{
			Meaning: processors.Text{
				EN: "The state of a partition has not been kept for ten minutes. Figures are right and live; a worker that restarts now replays up to the whole dedupe horizon, ten minutes of clicks or a day of orders, before it is live again.",
				ZH: "某分区状态已超过十分钟未保存。数据仍正确且实时；但此时重启的进程须重放整个去重窗口（点击为十分钟，订单为一天）后才能恢复实时。",
			},
			Look: processors.Text{
				EN: "tidemark_run_snapshots_total by outcome: if failed grows, the worker's log says why, mostly a missing topic tidemark.snapshots or no right to write it. If neither outcome grows, the group's flushes stand still: store_failing.",
				ZH: "查看 tidemark_run_snapshots_total 各 outcome：failed 增长时看进程日志，多为缺少 tidemark.snapshots 主题或无写权限；两者都不增长则是写入停滞，见 store_failing。",
			},
			Act: processors.Text{
				EN: "Run tidemark apply, which creates the topic, or grant WRITE and READ on it. Do not restart workers before that unless you must. tidemark_run_snapshots_unused_total by reason says what restarts could not use.",
				ZH: "运行 tidemark apply 创建主题，或授予其读写权限；此前尽量不要重启进程。tidemark_run_snapshots_unused_total 按 reason 说明重启时未能使用快照的原因。",
			},
		},
		Tests: []healthTest{
			{Name: "one partition is not kept", Input: [][2]string{
				{`tidemark_run_snapshot_age_seconds{group="tidemark-fast",topic="orders",partition="0"}`, "30x120"}, {`tidemark_run_snapshot_age_seconds{group="tidemark-fast",topic="orders",partition="1"}`, "0+15x120"},
			}, Firing: []healthFiring{{alerts.Yellow, map[string]string{"group": "tidemark-fast", "topic": "orders"}, "1.8k"}}},
			{Name: "kept each minute", Input: [][2]string{{`tidemark_run_snapshot_age_seconds{group="tidemark-slow",topic="clicks",partition="0"}`, "65x120"}}},
		},
	}
}
