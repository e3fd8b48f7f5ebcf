package rulefiles

import (
	"time"

	"tidemark/alerts"
	"tidemark/processors"
)

// consumerChecks watch the groups that read Kafka.
func consumerChecks() []health {
	return []health{groupAbsent(), consumerLag(), watermarkStalled(), lateEvents(), snapshotStale(), rollupStale(), correctorStale(), archiveStale()}
}

func groupAbsent() health {
	return health{
		Name: "group_absent", Title: processors.Text{EN: "Nobody works for a consumer group", ZH: "消费组无人工作"}, Series: []string{"group"},
		Tiers: []healthTier{{alerts.Orange, `absent(tidemark_run_lag_records{group="tidemark-fast"}) or absent(tidemark_run_lag_records{group="tidemark-slow"})` +
			` or absent(tidemark_run_lag_records{group="tidemark-land"})`, 2 * time.Minute}},
		Runbook: processors.Runbook{
			Meaning: processors.Text{
				EN: "No worker of the group owns a partition: fast counts minutes, slow counts sessions, land stores raw events. Its figures stand still. Nothing is lost while Kafka keeps the log.",
				ZH: "该消费组没有任何工作进程持有分区：fast 计算分钟指标，slow 计算会话，land 存原始事件。相应数据停滞；Kafka 保留期内不会丢失。",
			},
			Look: processors.Text{
				EN: "Whether a worker runs at all; its log, when it waits for Kafka or ClickHouse at the start; its /readyz.",
				ZH: "确认是否有工作进程在运行；查看其日志（启动时可能在等待 Kafka 或 ClickHouse）与 /readyz。",
			},
			Act: processors.Text{
				EN: "Start one: tidemark process --group fast, --group slow, or tidemark land. It goes on where the last one stopped.",
				ZH: "启动对应进程：tidemark process --group fast、--group slow 或 tidemark land，会从上次位置继续。",
			},
		},
		Tests: []healthTest{
			{Name: "no slow worker", Input: [][2]string{{`tidemark_run_lag_records{group="tidemark-fast",topic="t",partition="0"}`, "0x120"}, {`tidemark_run_lag_records{group="tidemark-land",topic="t",partition="0"}`, "0x120"}},
				Firing: []healthFiring{{alerts.Orange, map[string]string{"group": "tidemark-slow"}, "1"}}},
			{Name: "all there", Input: [][2]string{{`tidemark_run_lag_records{group="tidemark-fast",topic="t",partition="0"}`, "0x120"},
				{`tidemark_run_lag_records{group="tidemark-slow",topic="t",partition="0"}`, "0x120"}, {`tidemark_run_lag_records{group="tidemark-land",topic="t",partition="0"}`, "0x120"}}},
		},
	}
}

// consumerLag is the time that the backlog would take at the pace of the last minutes: what stands still takes forever.
func consumerLag() health {
	const lag = `sum by (group, topic) (tidemark_run_lag_records)`
	const left = lag + ` / sum by (group, topic) (rate(tidemark_run_events_total{outcome=~"read|heartbeat"}[5m]))`
	return health{
		Name: "consumer_lag", Title: processors.Text{EN: "A consumer group is behind", ZH: "消费组积压"}, Value: processors.Text{EN: "seconds to catch up", ZH: "追平所需秒数"}, Series: []string{"group", "topic"},
		Tiers: []healthTier{
			{alerts.Yellow, left + ` > 60 and ` + lag + ` > 1000`, 5 * time.Minute},
			{alerts.Orange, left + ` > 600 and ` + lag + ` > 1000`, 5 * time.Minute},
		},
		Runbook: processors.Runbook{
			Meaning: processors.Text{
				EN: "Events wait in Kafka longer than usual; boards and alerts are late by as much. Figures stay right.",
				ZH: "事件在 Kafka 中等待过久，看板与预警随之延迟；数据依然正确。",
			},
			Look: processors.Text{
				EN: "store_failing: a ClickHouse that does not take rows stops reading. tidemark_run_paused: memory is full. One partition alone: a hot key. All: more events than workers can do, or a CPU limit.",
				ZH: "先看 store_failing：ClickHouse 不接收写入时读取会停止；tidemark_run_paused 表示内存已满；仅单个分区积压为热点键；全部积压为处理能力或 CPU 不足。",
			},
			Act: processors.Text{
				EN: "Mend ClickHouse first. Else start more workers of the group, up to the number of partitions.",
				ZH: "先恢复 ClickHouse；否则增加该组工作进程，最多与分区数相同。",
			},
		},
		Tests: []healthTest{
			{Name: "two minutes behind", Input: [][2]string{
				{`tidemark_run_lag_records{group="tidemark-fast",topic="orders",partition="0"}`, "6000x120"}, {`tidemark_run_lag_records{group="tidemark-fast",topic="orders",partition="1"}`, "6000x120"},
				{`tidemark_run_events_total{group="tidemark-fast",topic="orders",outcome="read"}`, "0+1500x120"},
			}, Firing: []healthFiring{{alerts.Yellow, map[string]string{"group": "tidemark-fast", "topic": "orders"}, "120"}}},
			{Name: "stands still", Input: [][2]string{
				{`tidemark_run_lag_records{group="tidemark-land",topic="orders",partition="0"}`, "0+100x120"}, {`tidemark_run_events_total{group="tidemark-land",topic="orders",outcome="read"}`, "5x120"},
			}, Firing: []healthFiring{
				{alerts.Yellow, map[string]string{"group": "tidemark-land", "topic": "orders"}, "+Inf"}, {alerts.Orange, map[string]string{"group": "tidemark-land", "topic": "orders"}, "+Inf"},
			}},
			{Name: "a few heartbeats wait", Input: [][2]string{
				{`tidemark_run_lag_records{group="tidemark-fast",topic="orders",partition="0"}`, "8x120"}, {`tidemark_run_events_total{group="tidemark-fast",topic="orders",outcome="heartbeat"}`, "0x120"},
			}},
		},
	}
}

// watermarkStalled leaves history topics out: nobody sends heartbeats there, and time stands still between imports.
func watermarkStalled() health {
	const age = `max by (group, topic) (tidemark_run_watermark_age_seconds{topic!~".+[.]history"})`
	return health{
		Name: "watermark_stalled", Title: processors.Text{EN: "Figures stand still", ZH: "数据停滞"}, Value: processors.Text{EN: "seconds since the newest event", ZH: "距最新事件秒数"}, Series: []string{"group", "topic"},
		Tiers: []healthTier{{alerts.Yellow, age + ` > 120`, time.Minute}, {alerts.Orange, age + ` > 600`, time.Minute}},
		Runbook: processors.Runbook{
			Meaning: processors.Text{
				EN: "The event time of a partition does not move on, so no window becomes complete: business alerts are not judged, boards stop. Heartbeats should move it each second even where nothing is sold.",
				ZH: "某分区的事件时间不再前进，窗口无法完成：业务预警不再判定，看板停更。即使没有成交，心跳也应每秒推进它。",
			},
			Look: processors.Text{
				EN: "consumer_lag: if it fires too, the group is slow. If not, heartbeats are missing: tidemark_ingest_heartbeats_total by result, and the collector's /readyz.",
				ZH: "若 consumer_lag 同时触发则为消费缓慢；否则为心跳缺失：查看 tidemark_ingest_heartbeats_total 与采集服务 /readyz。",
			},
			Act: processors.Text{
				EN: "Start a collector, or bring back the Kafka partition without leader.",
				ZH: "启动采集服务，或恢复无 leader 的 Kafka 分区。",
			},
		},
		Tests: []healthTest{
			{Name: "one partition stands", Input: [][2]string{{`tidemark_run_watermark_age_seconds{group="tidemark-fast",topic="orders",partition="0"}`, "1x120"}, {`tidemark_run_watermark_age_seconds{group="tidemark-fast",topic="orders",partition="1"}`, "1x100 1+15x20"}},
				Firing: []healthFiring{{alerts.Yellow, map[string]string{"group": "tidemark-fast", "topic": "orders"}, "286"}}},
			{Name: "for a quarter of an hour", Input: [][2]string{{`tidemark_run_watermark_age_seconds{group="tidemark-slow",topic="clicks",partition="0"}`, "900x120"}},
				Firing: []healthFiring{{alerts.Yellow, map[string]string{"group": "tidemark-slow", "topic": "clicks"}, "900"}, {alerts.Orange, map[string]string{"group": "tidemark-slow", "topic": "clicks"}, "900"}}},
			{Name: "moves", Input: [][2]string{{`tidemark_run_watermark_age_seconds{group="tidemark-fast",topic="orders",partition="0"}`, "3x120"}}},
			{Name: "an import was long ago", Input: [][2]string{{`tidemark_run_watermark_age_seconds{group="tidemark-land",topic="tidemark.orders.history",partition="0"}`, "9000x120"}}},
		},
	}
}

func lateEvents() health {
	return health{
		Name: "late_events", Title: processors.Text{EN: "Events come too late to count", ZH: "事件迟到未计入"}, Value: processors.Text{EN: "of events", ZH: "占比"}, Share: true, Series: []string{"group", "topic"},
		Tiers: []healthTier{{alerts.Yellow, `sum by (group, topic) (rate(tidemark_run_events_total{outcome="late"}[30m])) / sum by (group, topic) (rate(tidemark_run_events_total{outcome="read"}[30m])) > 0.05` +
			` and sum by (group, topic) (increase(tidemark_run_events_total{outcome="late"}[30m])) > 10`, 15 * time.Minute}},
		Runbook: processors.Runbook{
			Meaning: processors.Text{
				EN: "Events arrive after their window was closed. They are kept raw and their windows are marked in the table dirty; the figures of these windows are too low until tidemark correct has recomputed them: a minute or so for windows of minutes, some five hours for sessions. One event counts once per metric that it is late for.",
				ZH: "事件在窗口关闭后才到达。原始数据仍保留，窗口记入 dirty 表，在 tidemark correct 重算之前这些窗口的数据偏低：分钟窗口约一分钟，会话约五小时。一个事件对每个指标各计一次。",
			},
			Look: processors.Text{
				EN: "One sender with a queue or a wrong clock: raw events of the last hour by shop and source, received_at less occurred_at.",
				ZH: "多为某发送方积压或时钟错误：按店铺与来源对比近一小时原始事件的 received_at 与 occurred_at。",
			},
			Act: processors.Text{
				EN: "Have the sender flush sooner or set its clock. See that tidemark correct runs: the board Data pipeline shows what it has left.",
				ZH: "让发送方缩短缓冲或校准时钟；确认 tidemark correct 在运行，“数据链路”看板显示其待处理窗口。",
			},
		},
		Tests: []healthTest{
			{Name: "one in ten", At: "1h", Input: [][2]string{{`tidemark_run_events_total{group="tidemark-fast",topic="clicks",outcome="read"}`, "0+100x240"}, {`tidemark_run_events_total{group="tidemark-fast",topic="clicks",outcome="late"}`, "0+10x240"}},
				Firing: []healthFiring{{alerts.Yellow, map[string]string{"group": "tidemark-fast", "topic": "clicks"}, "10%"}}},
			{Name: "one of three", At: "1h", Input: [][2]string{{`tidemark_run_events_total{group="tidemark-fast",topic="clicks",outcome="read"}`, "0x140 3x100"}, {`tidemark_run_events_total{group="tidemark-fast",topic="clicks",outcome="late"}`, "0x140 1x100"}}},
			{Name: "one in a hundred", At: "1h", Input: [][2]string{{`tidemark_run_events_total{group="tidemark-fast",topic="clicks",outcome="read"}`, "0+100x240"}, {`tidemark_run_events_total{group="tidemark-fast",topic="clicks",outcome="late"}`, "0+1x240"}}},
		},
	}
}
