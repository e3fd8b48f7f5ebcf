package rulefiles

import (
	"time"

	"tidemark/alerts"
	"tidemark/processors"
)

// collectorChecks watch the door: programs that are down, requests that are refused, events that cannot be read, and
// orders that no longer come.
func collectorChecks() []health {
	return []health{programDown(), collectorDown(), collectorRefusing(), spoolFilled(), deadLetters(), ordersStopped()}
}

func programDown() health {
	return health{
		Name: "program_down", Title: processors.Text{EN: "A tidemark program does not answer", ZH: "tidemark 程序无响应"}, Series: []string{"job", "instance"},
		Tiers: []healthTier{{alerts.Yellow, `up{job=~"tidemark-.+"} == 0`, 2 * time.Minute}},
		Runbook: processors.Runbook{
			Meaning: processors.Text{
				EN: "One program does not serve /metrics. Another of its kind takes over its partitions or requests: figures stay right, reserve is gone.",
				ZH: "某个程序不再提供 /metrics。同类程序会接管其分区或请求：数据不会出错，但已无冗余。",
			},
			Look: processors.Text{
				EN: "Its last log lines; whether the machine lives; the exit code: 137 is the kernel's out-of-memory kill.",
				ZH: "查看其最后的日志、机器是否存活以及退出码：137 表示内存不足被内核终止。",
			},
			Act: processors.Text{
				EN: "Start it again. If it dies again at once, roll back its last change and keep the log.",
				ZH: "重新启动；若立即再次退出，回滚最近变更并保留日志。",
			},
		},
		Tests: []healthTest{
			{Name: "down", Input: [][2]string{{`up{job="tidemark-land",instance="a:9104"}`, "1x80 0x40"}},
				Firing: []healthFiring{{alerts.Yellow, map[string]string{"job": "tidemark-land", "instance": "a:9104"}, "0"}}},
			{Name: "another program's target", Input: [][2]string{{`up{job="node",instance="a:9100"}`, "0x120"}, {`up{job="tidemark-land",instance="a:9104"}`, "1x120"}}},
		},
	}
}

func collectorDown() health {
	return health{
		Name: "collector_down", Title: processors.Text{EN: "No collector answers", ZH: "所有采集服务均无响应"},
		Tiers: []healthTier{{alerts.Orange, `(sum(up{job="tidemark-collect"}) or vector(0)) == 0`, time.Minute}},
		Runbook: processors.Runbook{
			Meaning: processors.Text{
				EN: "Nobody takes events. Servers that send repeat for a while; what browsers send is lost after their retries.",
				ZH: "无人接收事件。服务端会重试一段时间；浏览器端重试失败后数据将丢失。",
			},
			Look: processors.Text{
				EN: "The collectors' logs; the load balancer before them; whether Prometheus itself still reaches the network.",
				ZH: "查看采集服务日志、其前方的负载均衡，以及 Prometheus 自身网络是否正常。",
			},
			Act: processors.Text{
				EN: "Start a collector anywhere with the same shops file and Kafka: it keeps no state. Then look for the reason.",
				ZH: "用相同的店铺文件与 Kafka 在任意机器上启动采集服务（其无状态），再排查原因。",
			},
		},
		Tests: []healthTest{
			{Name: "both down", Input: [][2]string{{`up{job="tidemark-collect",instance="a"}`, "1x100 0x20"}, {`up{job="tidemark-collect",instance="b"}`, "0x120"}},
				Firing: []healthFiring{{alerts.Orange, nil, "0"}}},
			{Name: "no target at all", Firing: []healthFiring{{alerts.Orange, nil, "0"}}},
			{Name: "one of two", Input: [][2]string{{`up{job="tidemark-collect",instance="a"}`, "1x120"}, {`up{job="tidemark-collect",instance="b"}`, "0x120"}}},
		},
	}
}

// collectorRefusing wants a number of refusals beside their share: one of three at night is nobody's emergency.
func collectorRefusing() health {
	share := `sum(rate(tidemark_ingest_requests_total{code=~"5..|429",dialect!="script"}[5m])) / sum(rate(tidemark_ingest_requests_total{dialect!="script"}[5m]))`
	const enough = ` and sum(increase(tidemark_ingest_requests_total{code=~"5..|429",dialect!="script"}[5m])) > 10`
	return health{
		Name: "collector_refusing", Title: processors.Text{EN: "The collector refuses requests", ZH: "采集服务拒绝请求"}, Value: processors.Text{EN: "of requests", ZH: "占比"}, Share: true,
		Tiers: []healthTier{{alerts.Yellow, share + " > 0.01" + enough, 2 * time.Minute}, {alerts.Orange, share + " > 0.1" + enough, 2 * time.Minute}},
		Runbook: processors.Runbook{
			Meaning: processors.Text{
				EN: "Senders are told to come back later: Kafka takes nothing, memory is full, or the collector panics. Few senders repeat for long.",
				ZH: "发送方被要求稍后重试：Kafka 无法写入、内存已满或采集服务崩溃。多数发送方不会长时间重试。",
			},
			Look: processors.Text{
				EN: "tidemark_ingest_requests_total by code: 503 is Kafka or memory, 500 a panic (tidemark_ingest_panics_total), 429 a sender over its limit. /readyz says what is missing.",
				ZH: "按状态码查看 tidemark_ingest_requests_total：503 为 Kafka 或内存，500 为崩溃（tidemark_ingest_panics_total），429 为发送方超限；/readyz 会说明缺什么。",
			},
			Act: processors.Text{
				EN: "Bring Kafka back to all in-sync replicas; add collectors if requests outgrow them; roll back the collector if it panics.",
				ZH: "恢复 Kafka 的全部同步副本；请求量过大则扩容采集服务；若持续崩溃则回滚版本。",
			},
		},
		Tests: []healthTest{
			{Name: "a fifth is refused", Input: [][2]string{{`tidemark_ingest_requests_total{dialect="segment",code="200"}`, "0+80x120"}, {`tidemark_ingest_requests_total{dialect="segment",code="503"}`, "0+20x120"}},
				Firing: []healthFiring{{alerts.Yellow, nil, "20%"}, {alerts.Orange, nil, "20%"}}},
			{Name: "one in twenty is refused", Input: [][2]string{{`tidemark_ingest_requests_total{dialect="segment",code="200"}`, "0+95x120"}, {`tidemark_ingest_requests_total{dialect="segment",code="429"}`, "0+5x120"}},
				Firing: []healthFiring{{alerts.Yellow, nil, "5%"}}},
			{Name: "one of three", Input: [][2]string{{`tidemark_ingest_requests_total{dialect="segment",code="200"}`, "0x108 2x12"}, {`tidemark_ingest_requests_total{dialect="segment",code="503"}`, "0x108 1x12"}}},
			{Name: "senders' own mistakes", Input: [][2]string{{`tidemark_ingest_requests_total{dialect="segment",code="200"}`, "0+80x120"}, {`tidemark_ingest_requests_total{dialect="segment",code="400"}`, "0+20x120"}}},
		},
	}
}
