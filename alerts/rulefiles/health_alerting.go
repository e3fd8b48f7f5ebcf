package rulefiles

import (
	"time"

	"tidemark/alerts"
	"tidemark/processors"
)

// alertingChecks watch the evaluator and the way to people.
func alertingChecks() []health {
	return []health{evaluatorStalled(), incidentsUnsaved(), deliveryFailing(), messageRefused()}
}

func evaluatorStalled() health {
	return health{
		Name: "evaluator_stalled", Title: processors.Text{EN: "Business alerts are not judged", ZH: "业务预警停止判定"}, Value: processors.Text{EN: "seconds since the last time", ZH: "未判定秒数"},
		Tiers: []healthTier{{alerts.Orange, `time() - (max(tidemark_alerts_last_evaluation_timestamp_seconds) or vector(0)) > 120`, time.Minute}},
		Runbook: processors.Runbook{
			Meaning: processors.Text{
				EN: "tidemark alert run is down, or its rules cannot read ClickHouse: a shop may fail and nobody hears of it. Alerts that were active end in Alertmanager after five minutes.",
				ZH: "tidemark alert run 未运行或无法读取 ClickHouse：店铺出故障也不会有人知道。已触发的预警五分钟后在 Alertmanager 中失效。",
			},
			Look: processors.Text{
				EN: "program_down for the job tidemark-alert; its log; tidemark_alerts_evaluation_errors_total; whether ClickHouse answers.",
				ZH: "查看 tidemark-alert 任务的 program_down、其日志、tidemark_alerts_evaluation_errors_total，以及 ClickHouse 是否可用。",
			},
			Act: processors.Text{
				EN: "Start it again, on one machine only. Watch the live board and orders_stopped by eye until it runs.",
				ZH: "仅在一台机器上重新启动；恢复前人工盯实时大盘与 orders_stopped。",
			},
		},
		Tests: []healthTest{
			{Name: "stalled ten minutes ago", Input: [][2]string{{`tidemark_alerts_last_evaluation_timestamp_seconds{instance="a"}`, "0+15x80 1200x40"}},
				Firing: []healthFiring{{alerts.Orange, nil, "600"}}},
			{Name: "nobody runs", Firing: []healthFiring{{alerts.Orange, nil, "1.8k"}}},
			{Name: "runs", Input: [][2]string{{`tidemark_alerts_last_evaluation_timestamp_seconds{instance="a"}`, "0+15x120"}}},
		},
	}
}

func incidentsUnsaved() health {
	return health{
		Name: "incidents_unsaved", Title: processors.Text{EN: "Events of incidents are not stored", ZH: "预警事件未落库"}, Value: processors.Text{EN: "events", ZH: "未落库条数"},
		Tiers: []healthTier{{alerts.Yellow, `max(tidemark_alerts_events_unsaved) > 0`, 5 * time.Minute}},
		Runbook: processors.Runbook{
			Meaning: processors.Text{
				EN: "What happened to incidents is in memory only. People are told all the same; a crash now would forget acknowledgements.",
				ZH: "预警事件仅存于内存。通知不受影响；但此时若进程崩溃，认领记录会丢失。",
			},
			Look: processors.Text{EN: "store_failing, and the log of tidemark alert run: ClickHouse does not take rows.", ZH: "查看 store_failing 与 tidemark alert run 的日志：ClickHouse 无法写入。"},
			Act:  processors.Text{EN: "Bring ClickHouse back; do not restart tidemark alert run before.", ZH: "先恢复 ClickHouse；在此之前不要重启 tidemark alert run。"},
		},
		Tests: []healthTest{
			{Name: "three wait", Input: [][2]string{{`tidemark_alerts_events_unsaved`, "3x120"}}, Firing: []healthFiring{{alerts.Yellow, nil, "3"}}},
			{Name: "stored at once", Input: [][2]string{{`tidemark_alerts_events_unsaved`, "0x100 2 0x19"}}},
		},
	}
}

func deliveryFailing() health {
	return health{
		Name: "delivery_failing", Title: processors.Text{EN: "Somebody is not told of incidents", ZH: "预警通知无法送达"}, Series: []string{"receiver"}, Value: processors.Text{EN: "failures per second", ZH: "每秒失败次数"},
		Tiers: []healthTier{
			{alerts.Yellow, `sum by (receiver) (rate(tidemark_deliver_requests_total{result="failed"}[5m])) > 0`, 5 * time.Minute},
			{alerts.Orange, `sum by (receiver) (rate(tidemark_alerts_delivery_failures_total[5m])) > 0`, 5 * time.Minute},
		},
		Runbook: processors.Runbook{
			Meaning: processors.Text{
				EN: "Yellow: one Alertmanager, or a webhook now and then, does not answer; others do. Orange: a receiver takes nothing at all. Messages wait for a day and are then given up.",
				ZH: "黄色：某个 Alertmanager 或 webhook 偶发无响应，其余正常。橙色：接收方完全收不到。消息保留一天后放弃。",
			},
			Look: processors.Text{EN: "The log of tidemark alert run names receiver and reason. tidemark_alerts_messages_owed says how many wait.", ZH: "tidemark alert run 日志含接收方与原因；tidemark_alerts_messages_owed 为待发数量。"},
			Act:  processors.Text{EN: "Bring the receiver back. Until then look at the alert page of the preview yourself.", ZH: "恢复接收方；在此之前人工查看预览中的预警页。"},
		},
		Tests: []healthTest{
			{Name: "one of two Alertmanagers", Input: [][2]string{{`tidemark_deliver_requests_total{receiver="alertmanager a",result="failed"}`, "0+3x120"}, {`tidemark_deliver_requests_total{receiver="alertmanager b",result="ok"}`, "0+3x120"}, {`tidemark_alerts_delivery_failures_total{receiver="alertmanager"}`, "0x120"}},
				Firing: []healthFiring{{alerts.Yellow, map[string]string{"receiver": "alertmanager a"}, "200m"}}},
			{Name: "none", Input: [][2]string{{`tidemark_alerts_delivery_failures_total{receiver="alertmanager"}`, "0+3x120"}},
				Firing: []healthFiring{{alerts.Orange, map[string]string{"receiver": "alertmanager"}, "200m"}}},
			{Name: "all take", Input: [][2]string{{`tidemark_deliver_requests_total{receiver="chat",result="ok"}`, "0+3x120"}, {`tidemark_deliver_requests_total{receiver="chat",result="failed"}`, "0x120"}}},
		},
	}
}

func messageRefused() health {
	return health{
		Name: "message_refused", Title: processors.Text{EN: "A message was refused and given up", ZH: "通知被拒收并放弃"}, Series: []string{"receiver"}, Value: processors.Text{EN: "in ten minutes", ZH: "十分钟内条数"},
		Tiers: []healthTier{{alerts.Orange, `sum by (receiver) (increase(tidemark_deliver_requests_total{result="refused"}[10m])) > 0`, 0}},
		Runbook: processors.Runbook{
			Meaning: processors.Text{EN: "The receiver answers that it will never take such a message: people were not told by this way.", ZH: "接收方明确拒收：该渠道的人员未收到通知。"},
			Look:    processors.Text{EN: "The log names incident and status: 401 or 403 is the secret, 404 the address, 400 the form.", ZH: "日志含预警与状态码：401/403 为密钥，404 为地址，400 为格式。"},
			Act:     processors.Text{EN: "Correct address or secret and start tidemark alert run again. Tell the people of that receiver what they missed.", ZH: "修正地址或密钥并重启 tidemark alert run；把漏掉的通知转告相关人员。"},
		},
		Tests: []healthTest{
			{Name: "wrong secret", Input: [][2]string{{`tidemark_deliver_requests_total{receiver="chat",result="refused"}`, "0x100 2x20"}}, Firing: []healthFiring{{alerts.Orange, map[string]string{"receiver": "chat"}, "2"}}},
			{Name: "only timeouts", Input: [][2]string{{`tidemark_deliver_requests_total{receiver="chat",result="refused"}`, "0x120"}, {`tidemark_deliver_requests_total{receiver="chat",result="failed"}`, "0+1x120"}}},
		},
	}
}
