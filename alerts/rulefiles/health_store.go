package rulefiles

import (
	"time"

	"tidemark/alerts"
	"tidemark/processors"
)

// storeChecks watch the way into ClickHouse.
func storeChecks() []health { return []health{storeFailing(), rowsRefused(), staleRows()} }

func storeFailing() health {
	const failing = `sum by (group, step) (rate(tidemark_run_retries_total[2m])) > 0`
	return health{
		Name: "store_failing", Title: processors.Text{EN: "Results cannot be stored", ZH: "结果无法写入"}, Value: processors.Text{EN: "failures per second", ZH: "每秒失败次数"}, Series: []string{"group", "step"},
		Tiers: []healthTier{{alerts.Yellow, failing, 2 * time.Minute}, {alerts.Orange, failing, 10 * time.Minute}},
		Runbook: processors.Runbook{
			Meaning: processors.Text{
				EN: "A worker repeats a step again and again: rows and watermarks go to ClickHouse, dead letters and commits to Kafka. Nothing is lost; boards and business alerts stand still meanwhile.",
				ZH: "工作进程反复重试某一步：rows、watermarks 写入 ClickHouse，dead letters、commit 写入 Kafka。数据不会丢失，但看板与业务预警停滞。",
			},
			Look: processors.Text{
				EN: "The worker's log names the error. ClickHouse: reachable, disk full, too many parts, read-only? tidemark_clickhouse_errors_total by class.",
				ZH: "工作进程日志含具体错误。检查 ClickHouse：可达性、磁盘、分片过多、只读；以及 tidemark_clickhouse_errors_total 的 class。",
			},
			Act: processors.Text{
				EN: "Bring the store back. Workers go on by themselves and catch up. orders_stopped watches orders meanwhile.",
				ZH: "恢复存储，工作进程会自动继续并追平；期间由 orders_stopped 监视订单。",
			},
		},
		Tests: []healthTest{
			{Name: "ClickHouse away for five minutes", Input: [][2]string{{`tidemark_run_retries_total{group="tidemark-fast",step="rows"}`, "0x100 1+15x20"}},
				Firing: []healthFiring{{alerts.Yellow, map[string]string{"group": "tidemark-fast", "step": "rows"}, "1"}}},
			{Name: "for a quarter of an hour", Input: [][2]string{{`tidemark_run_retries_total{group="tidemark-fast",step="rows"}`, "0+15x120"}},
				Firing: []healthFiring{{alerts.Yellow, map[string]string{"group": "tidemark-fast", "step": "rows"}, "1"}, {alerts.Orange, map[string]string{"group": "tidemark-fast", "step": "rows"}, "1"}}},
			{Name: "one hiccup", Input: [][2]string{{`tidemark_run_retries_total{group="tidemark-fast",step="rows"}`, "0x90 3x30"}}},
		},
	}
}

// rowsRefused counts a first error too: a worker ends with it, so that its counter is born with a one and never grows.
func rowsRefused() health {
	const refused = `tidemark_clickhouse_errors_total{class="permanent",table!=""}` // without a table: somebody's query
	return health{
		Name: "rows_refused", Title: processors.Text{EN: "ClickHouse refuses rows for good", ZH: "ClickHouse 永久拒绝写入"}, Value: processors.Text{EN: "in ten minutes", ZH: "十分钟内次数"}, Series: []string{"table"},
		Tiers: []healthTier{{alerts.Orange, `sum by (table) (increase(` + refused + `[10m])) > 0 or sum by (table) (` + refused + ` unless ` + refused + ` offset 10m) > 0`, 0}},
		Runbook: processors.Runbook{
			Meaning: processors.Text{
				EN: "ClickHouse answers that these rows or this statement can never work: a table or column is missing, or of another type. Repeating does not help.",
				ZH: "ClickHouse 表示这些行或语句永远无法执行：表或列缺失、类型不符。重试无效。",
			},
			Look: processors.Text{
				EN: "The log names table and code. Was a new version started before tidemark apply? Did somebody alter the table?",
				ZH: "日志含表名与错误码。是否在 tidemark apply 之前启动了新版本？是否有人改过表结构？",
			},
			Act: processors.Text{
				EN: "Run tidemark check, then tidemark apply; else go back to the version that fits the tables.",
				ZH: "先运行 tidemark check，再运行 tidemark apply；否则回退到与表结构匹配的版本。",
			},
		},
		Tests: []healthTest{
			{Name: "a column is missing", Input: [][2]string{{`tidemark_clickhouse_errors_total{table="m_trade",class="permanent"}`, "0x110 0+1x10"}},
				Firing: []healthFiring{{alerts.Orange, map[string]string{"table": "m_trade"}, "9"}}},
			{Name: "the worker ended with it", Input: [][2]string{{`tidemark_clickhouse_errors_total{table="m_trade",class="permanent"}`, "_x110 1x3"}},
				At: "28m", Firing: []healthFiring{{alerts.Orange, map[string]string{"table": "m_trade"}, "1"}}},
			{Name: "a query that is wrong", Input: [][2]string{{`tidemark_clickhouse_errors_total{table="",class="permanent"}`, "0+1x120"}}},
			{Name: "only timeouts", Input: [][2]string{{`tidemark_clickhouse_errors_total{table="m_trade",class="permanent"}`, "0x120"}, {`tidemark_clickhouse_errors_total{table="m_trade",class="retryable"}`, "0+1x120"}}},
		},
	}
}

func staleRows() health {
	age := `histogram_quantile(0.95, sum by (group, le) (rate(tidemark_run_freshness_seconds_bucket{kind="full"}[10m])))`
	return health{
		Name: "stale_rows", Title: processors.Text{EN: "Results arrive late in ClickHouse", ZH: "结果写入延迟"}, Value: processors.Text{EN: "seconds, 95 of 100", ZH: "P95 秒数"}, Series: []string{"group"},
		Tiers: []healthTier{{alerts.Yellow, age + ` > 30`, 5 * time.Minute}, {alerts.Orange, age + ` > 120`, 5 * time.Minute}},
		Runbook: processors.Runbook{
			Meaning: processors.Text{
				EN: "From an event's arrival in Kafka until its figure is stored takes far longer than the usual seconds.",
				ZH: "事件到达 Kafka 至结果落库的耗时远超平常的数秒。",
			},
			Look: processors.Text{
				EN: "tidemark_run_flush_seconds: slow inserts are ClickHouse's. tidemark_run_recovery_seconds and replaying: after a restart it is normal for minutes. consumer_lag: a backlog.",
				ZH: "tidemark_run_flush_seconds 偏高为 ClickHouse 写入慢；重启后数分钟内（recovery、replaying）属正常；另看 consumer_lag 是否积压。",
			},
			Act: processors.Text{
				EN: "Relieve ClickHouse (merges, heavy queries), or start more workers.",
				ZH: "减轻 ClickHouse 负载（合并、重查询），或增加工作进程。",
			},
		},
		Tests: []healthTest{
			{Name: "a minute", Input: freshness("tidemark-fast", "0x120", "0+10x120", "0+10x120"),
				Firing: []healthFiring{{alerts.Yellow, map[string]string{"group": "tidemark-fast"}, "58.5"}}},
			{Name: "minutes", Input: freshness("tidemark-land", "0x120", "0x120", "0+10x120"),
				Firing: []healthFiring{{alerts.Yellow, map[string]string{"group": "tidemark-land"}, "291"}, {alerts.Orange, map[string]string{"group": "tidemark-land"}, "291"}}},
			{Name: "seconds", Input: freshness("tidemark-fast", "0+10x120", "0+10x120", "0+10x120")},
		},
	}
}

// freshness is a histogram with the buckets up to 30, 60 and 300 seconds; those between hold nothing more.
func freshness(group, upTo30, upTo60, upTo300 string) [][2]string {
	series := func(le string) string {
		return `tidemark_run_freshness_seconds_bucket{group="` + group + `",kind="full",le="` + le + `"}`
	}
	return [][2]string{{series("30"), upTo30}, {series("60"), upTo60}, {series("120"), upTo60}, {series("300"), upTo300}, {series("+Inf"), upTo300}}
}
