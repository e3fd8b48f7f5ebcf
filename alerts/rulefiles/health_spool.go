package rulefiles

import (
	"time"

	"tidemark/alerts"
	"tidemark/processors"
)

// spoolFilled watches the collectors' disks. A spool that empties itself within minutes is what it is for.
func spoolFilled() health {
	return health{
		Name: "spool_filled", Title: processors.Text{EN: "A collector keeps clickstream on disk", ZH: "采集服务正在将点击流暂存到磁盘"},
		Value: processors.Text{EN: "of the spool", ZH: "占暂存空间"}, Share: true, Series: []string{"instance"},
		Tiers: []healthTier{
			{alerts.Yellow, `tidemark_ingest_spool_bytes / tidemark_ingest_spool_max_bytes > 0`, 5 * time.Minute},
			{alerts.Orange, `tidemark_ingest_spool_bytes / tidemark_ingest_spool_max_bytes > 0.7`, time.Minute},
		},
		Runbook: processors.Runbook{
			Meaning: processors.Text{
				EN: "Kafka has acknowledged nothing to this collector for minutes. Clickstream is on its disk only, figures stand still, and orders and all else are answered 503. A full spool refuses clickstream too.",
				ZH: "该采集服务已数分钟未获 Kafka 确认。点击流仅存于本机磁盘，指标停滞，订单等其他数据返回 503；暂存写满后点击流也会被拒绝。",
			},
			Look: processors.Text{
				EN: "Whether Kafka lives and has all in-sync replicas. tidemark_ingest_kafka_away, _spool_oldest_seconds, _spool_drained_total: is it being sent? The collector's log says what Kafka answers.",
				ZH: "检查 Kafka 是否存活、同步副本是否齐全；查看 tidemark_ingest_kafka_away、_spool_oldest_seconds、_spool_drained_total 是否在发送；采集服务日志会给出 Kafka 的答复。",
			},
			Act: processors.Text{
				EN: "Bring Kafka back; the spool then sends itself, in order. Do not delete the folder and do not move the collector: start it again on the same one. What comes late is counted once the corrector has run.",
				ZH: "恢复 Kafka，暂存会自动按序发送。切勿删除目录或迁移采集服务，应在同一目录上重启。迟到的数据由修正程序补计。",
			},
		},
		Tests: []healthTest{
			{Name: "a tenth for ten minutes", Input: [][2]string{{`tidemark_ingest_spool_bytes{instance="a"}`, "0x80 100x40"}, {`tidemark_ingest_spool_max_bytes{instance="a"}`, "1000x120"}},
				Firing: []healthFiring{{alerts.Yellow, map[string]string{"instance": "a"}, "10%"}}},
			{Name: "nearly full", Input: [][2]string{{`tidemark_ingest_spool_bytes{instance="a"}`, "0x112 800x8"}, {`tidemark_ingest_spool_max_bytes{instance="a"}`, "1000x120"}},
				Firing: []healthFiring{{alerts.Orange, map[string]string{"instance": "a"}, "80%"}}},
			{Name: "Kafka was restarted", Input: [][2]string{{`tidemark_ingest_spool_bytes{instance="a"}`, "0x108 100x8 0x4"}, {`tidemark_ingest_spool_max_bytes{instance="a"}`, "1000x120"}}},
		},
	}
}
