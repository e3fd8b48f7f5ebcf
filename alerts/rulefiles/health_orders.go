package rulefiles

import (
	"time"

	"tidemark/alerts"
	"tidemark/processors"
)

// deadLetters wants a number of them beside their share, as collectorRefusing does.
func deadLetters() health {
	share := `sum(rate(tidemark_ingest_events_total{result="quarantined"}[10m])) / sum(rate(tidemark_ingest_events_total[10m]))`
	const enough = ` and sum(increase(tidemark_ingest_events_total{result="quarantined"}[10m])) > 10`
	return health{
		Name: "dead_letters", Title: processors.Text{EN: "Events cannot be read", ZH: "存在无法解析的事件"}, Value: processors.Text{EN: "of events", ZH: "占比"}, Share: true,
		Tiers: []healthTier{{alerts.Yellow, share + " > 0.02" + enough, 5 * time.Minute}, {alerts.Orange, share + " > 0.2" + enough, 5 * time.Minute}},
		Runbook: processors.Runbook{
			Meaning: processors.Text{
				EN: "Events arrive that miss what they must have. They are kept in the topic tidemark.deadletter and counted nowhere: figures are too low by this share.",
				ZH: "收到缺少必填内容的事件。它们保存在主题 tidemark.deadletter 中而未计入指标：数据按此比例偏低。",
			},
			Look: processors.Text{
				EN: "tidemark_ingest_quarantined_total by dialect, kind and shop; tidemark deadletter list --count --since 1h, then show KEY (docs/deadletters.md). A release of a site or an order system just before is the usual cause.",
				ZH: "按 dialect、kind 与 shop 查看 tidemark_ingest_quarantined_total；执行 tidemark deadletter list --count --since 1h，再用 show KEY 查看（见 docs/deadletters.md）。通常由站点或订单系统刚发布的版本引起。",
			},
			Act: processors.Text{
				EN: "Have the sender mended or rolled back. Then tidemark deadletter replay sends the letters again, mended with --file where they need it; Kafka keeps them for its retention.",
				ZH: "让发送方修复或回滚，随后用 tidemark deadletter replay 重放（需要修正内容时用 --file）；信件在 Kafka 保留期内一直保存。",
			},
		},
		Tests: []healthTest{
			{Name: "one in ten", Input: [][2]string{{`tidemark_ingest_events_total{dialect="segment",result="accepted"}`, "0+90x120"}, {`tidemark_ingest_events_total{dialect="segment",result="quarantined"}`, "0+10x120"}},
				Firing: []healthFiring{{alerts.Yellow, nil, "10%"}}},
			{Name: "half", Input: [][2]string{{`tidemark_ingest_events_total{dialect="ndjson",result="accepted"}`, "0+50x120"}, {`tidemark_ingest_events_total{dialect="ndjson",result="quarantined"}`, "0+50x120"}},
				Firing: []healthFiring{{alerts.Yellow, nil, "50%"}, {alerts.Orange, nil, "50%"}}},
			{Name: "one of three", Input: [][2]string{{`tidemark_ingest_events_total{dialect="segment",result="accepted"}`, "0x90 2x30"}, {`tidemark_ingest_events_total{dialect="segment",result="quarantined"}`, "0x90 1x30"}}},
			{Name: "one in a hundred", Input: [][2]string{{`tidemark_ingest_events_total{dialect="segment",result="accepted"}`, "0+99x120"}, {`tidemark_ingest_events_total{dialect="segment",result="quarantined"}`, "0+1x120"}}},
		},
	}
}

// ordersStopped asks the collectors, which know of orders whatever happens behind Kafka. Of a shop with at least 120 in
// the hour before, ten minutes without any are no chance: 20 were due. Smaller shops are left to the evaluator.
func ordersStopped() health {
	const orders = `sum by (shop, type) (increase(tidemark_ingest_orders_total{type=~"order_placed|order_paid"}`
	return health{
		Name: "orders_stopped", Title: processors.Text{EN: "Order events have stopped", ZH: "订单事件中断"}, Value: processors.Text{EN: "in the hour before", ZH: "此前一小时数量"}, Series: []string{"shop", "type"},
		Tiers: []healthTier{{alerts.Orange, orders + `[1h] offset 10m)) > 120 unless ` + orders + `[10m])) > 0`, time.Minute}},
		Runbook: processors.Runbook{
			Meaning: processors.Text{
				EN: "A shop that had orders all hour has had none for ten minutes, as the collectors saw it. Only order_paid: the payment. Both types: the order system, its connection to tidemark, or the shop.",
				ZH: "采集服务显示：某店铺此前一小时持续有订单，最近十分钟为零。仅 order_paid 中断为支付问题；两类皆中断为订单系统、接入链路或店铺故障。",
			},
			Look: processors.Text{
				EN: "The shop itself: place a test order. The order system's outgoing webhooks. collector_down and collector_refusing: if they fire too, tidemark is the cause.",
				ZH: "直接在店铺下测试单；检查订单系统的外发回调。若 collector_down 或 collector_refusing 同时触发，则原因在 tidemark。",
			},
			Act: processors.Text{
				EN: "As for paid_orders_fall: switch the payment provider, roll back the checkout. If only the connection is broken, have the order system send the gap again: repeats within 24 hours do not count twice.",
				ZH: "参照 paid_orders_fall：切换支付通道、回滚结算页。若仅接入中断，让订单系统补发：24 小时内的重复事件不会重复计数。",
			},
		},
		Tests: []healthTest{
			{Name: "payments stop, orders go on", At: "2h", Input: [][2]string{
				{`tidemark_ingest_orders_total{shop="chaye",type="order_placed",instance="a"}`, "0+1x480"},
				{`tidemark_ingest_orders_total{shop="chaye",type="order_paid",instance="a"}`, "0+1x430 430x50"},
			}, Firing: []healthFiring{{alerts.Orange, map[string]string{"shop": "chaye", "type": "order_paid"}, "230"}}},
			{Name: "the collector that took them has gone", At: "2h", Input: [][2]string{
				{`tidemark_ingest_orders_total{shop="chaye",type="order_paid",instance="a"}`, "0+1x430"},
			}, Firing: []healthFiring{{alerts.Orange, map[string]string{"shop": "chaye", "type": "order_paid"}, "230.5"}}},
			{Name: "a small shop", At: "2h", Input: [][2]string{{`tidemark_ingest_orders_total{shop="kiefer",type="order_paid"}`, "0+0.25x430 107.5x50"}}},
			{Name: "another collector has taken over", At: "2h", Input: [][2]string{
				{`tidemark_ingest_orders_total{shop="chaye",type="order_paid",instance="a"}`, "0+1x430"},
				{`tidemark_ingest_orders_total{shop="chaye",type="order_paid",instance="b"}`, "0x430 0+1x50"},
			}},
		},
	}
}
