package incident

import (
	"strings"
	"testing"
	"time"

	"tidemark/alerts"
	"tidemark/schemas"
)

func ids(ms []Message) string {
	var out []string
	for _, m := range ms {
		out = append(out, string(m.Kind))
	}
	return strings.Join(out, ",")
}

func TestOwed(t *testing.T) {
	b, id := opened(t, alerts.Yellow)
	judge(b, 1, alerts.Orange)
	mustDo(t, b, id, Noted, Action{Actor: "Li", Note: "looking"}, at(3))
	mustDo(t, b, id, Handling, Action{Actor: "Li"}, at(4))
	judge(b, 5, alerts.Yellow)
	judge(b, 6, alerts.Green)
	now := at(8)
	all := b.Owed("chat", now)
	if s := ids(all); s != "opened,escalated,acknowledged,eased,resolved" {
		t.Fatalf("owed %s", s)
	}
	for i, tier := range []string{"yellow", "orange", "orange", "yellow", "green"} {
		if v := all[i].Incident; v.Tier != tier || v.ID != id || v.Events != nil {
			t.Errorf("message %d has tier %s, want the incident as the event left it: %s", i, v.Tier, tier)
		}
	}
	if s := kinds(b.Take("chat", all[:2], now)); s != "delivered,delivered" {
		t.Errorf("taken: %s", s)
	}
	if events := b.Take("chat", all[:2], now); len(events) != 0 {
		t.Errorf("taken twice: %+v", events)
	}
	if s := ids(b.Owed("chat", now)); s != "acknowledged,eased,resolved" {
		t.Errorf("still owed: %s", s)
	}
	if s := ids(b.Owed("pager", now)); s != "opened,escalated,acknowledged,eased,resolved" {
		t.Errorf("owed to another receiver: %s", s)
	}
	if s := ids(reload(b).Owed("chat", now)); s != "acknowledged,eased,resolved" {
		t.Errorf("owed after a restart: %s", s)
	}
	if s := ids(b.Owed("chat", now+schemas.Millis(Stale/time.Millisecond))); s != "" {
		t.Errorf("owed a day later: %s", s)
	}
	gone := all[0]
	gone.Incident.ID = "forgotten"
	if events := b.Take("chat", []Message{gone}, now); len(events) != 0 {
		t.Errorf("a message of a forgotten incident: %+v", events)
	}
}

func TestOwedOfSeveralIncidentsIsInOrder(t *testing.T) {
	b := newBook()
	for i, shop := range []alerts.Key{"b", "a"} {
		r := reading(i, alerts.Yellow)
		r.Key = shop
		b.Judge([]alerts.Reading{r}, at(i))
	}
	if ms := b.Owed("chat", at(3)); len(ms) != 2 || ms[0].Incident.Shop != "b" {
		t.Errorf("owed %+v", ms)
	}
}

func TestTexts(t *testing.T) {
	b := NewBook(Config{Rules: testRules(), Zone: func(string) *time.Location { return time.FixedZone("Asia/Shanghai", 8*3600) }})
	judge(b, 0, alerts.Orange)
	id := only(t, b).ID
	mustDo(t, b, id, Acknowledged, Action{Actor: "李雷", Note: "正在查看"}, at(3))
	judge(b, 4, alerts.Green)
	judge(b, 5, alerts.Yellow)
	mustDo(t, b, id, Resolved, Action{Actor: "Li"}, at(9))
	ms := b.Owed("chat", at(10))
	for i, want := range []struct{ en, zh string }{
		{"Orange: Paid orders fall, a", "【橙色预警】支付订单下跌：a"},
		{"Acknowledged by 李雷: Paid orders fall, a", "【李雷 已认领】支付订单下跌：a"},
		{"Resolved: Paid orders fall, a", "【已恢复】支付订单下跌：a"},
		{"Yellow again: Paid orders fall, a", "【再次黄色预警】支付订单下跌：a"},
		{"Resolved by Li: Paid orders fall, a", "【Li 已标记恢复】支付订单下跌：a"},
	} {
		if ms[i].Subject["en"] != want.en || ms[i].Subject["zh"] != want.zh {
			t.Errorf("message %d: %q, %q, want %q, %q", i, ms[i].Subject["en"], ms[i].Subject["zh"], want.en, want.zh)
		}
	}
	if ms[0].Again || !ms[3].Again {
		t.Errorf("again: %v, %v", ms[0].Again, ms[3].Again)
	}
	en := "Per 1m: expected 120, actual 30 (-75%), over 5m, 120 samples\nSince 2025-06-15 18:01:30 (Asia/Shanghai); complete figures; compared with this hour of past weeks\nOwner: trade; team: payments"
	zh := "每 1 分钟：预期 120，实际 30（-75%），统计 5 分钟，样本 120\n始于 2025-06-15 18:01:30（Asia/Shanghai）；数据完整；对比往周同一时段\n负责团队：trade；处理团队：payments\n备注：正在查看"
	if ms[0].Text["en"] != en || ms[1].Text["zh"] != zh {
		t.Errorf("texts:\n%s\n%s", ms[0].Text["en"], ms[1].Text["zh"])
	}
}

func TestTextOfTiersAndRatios(t *testing.T) {
	b := newBook()
	r := alerts.Reading{Rule: "ctr_falls", Key: "a/app", Tier: alerts.Yellow, Span: 15, SpanActual: .0123, SpanExpects: 0, Samples: 3.5, Basis: alerts.Cold, Open: true}
	for i, tier := range []alerts.Tier{alerts.Yellow, alerts.Orange, alerts.Yellow} {
		r.Start, r.Tier = at(i), tier
		b.Judge([]alerts.Reading{r}, at(i))
	}
	ms := b.Owed("chat", at(3))
	for i, want := range []string{"Yellow: ", "Now Orange: ", "Eased to Yellow: "} {
		if !strings.HasPrefix(ms[i].Subject["en"], want) {
			t.Errorf("subject %q, want %q first", ms[i].Subject["en"], want)
		}
	}
	for _, part := range []string{"Expected 0.00%, actual 1.23%, over 15m, 3.5 samples", "UTC", "provisional", "fixed limits"} {
		if !strings.Contains(ms[0].Text["en"], part) {
			t.Errorf("text %q is without %q", ms[0].Text["en"], part)
		}
	}
}

func TestNumber(t *testing.T) {
	for _, tt := range []struct {
		v    float64
		unit string
		want string
	}{{120, "", "120"}, {3, "", "3"}, {3.25, "", "3.2"}, {12.6, "", "12.6"}, {126.4, "", "126"}, {0.5, "ratio", "50.00%"}, {-2.5, "", "-2.5"}} {
		if got := Figure(tt.v, tt.unit); got != tt.want {
			t.Errorf("%v %s is %s, want %s", tt.v, tt.unit, got, tt.want)
		}
	}
}
