package webhook

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"tidemark/schemas"
)

// now is when the tests' deliveries come.
const now schemas.Millis = 1_795_381_490_000 // 2026-11-22T21:04:50Z

// rows are the mappings as the providers' documentation and the project's own table of states have them, written apart
// from the tables under test: ours, then the provider's words.
var rows = map[string]map[string]string{
	"aftership": {
		"pending":          "Pending Pending_001 Pending_006",
		"announced":        "InfoReceived InfoReceived_001",
		"picked_up":        "InTransit_002",
		"in_transit":       "InTransit InTransit_001 InTransit_003 InTransit_004 InTransit_007 InTransit_008 InTransit_009",
		"customs":          "Exception_004 InTransit_005 InTransit_006",
		"out_for_delivery": "OutForDelivery OutForDelivery_001 OutForDelivery_003 OutForDelivery_004",
		"ready_for_pickup": "AvailableForPickup AvailableForPickup_001",
		"attempt_failed":   "AttemptFail AttemptFail_001 AttemptFail_002 AttemptFail_003",
		"delivered":        "Delivered Delivered_001 Delivered_002 Delivered_003 Delivered_004 Delivered_005",
		"refused":          "Exception_003",
		"returning":        "Exception_010",
		"returned":         "Exception_011",
		"delayed":          "Exception_005 Exception_016 Exception_017",
		"stalled":          "Expired Expired_001",
		"unknown":          "Exception Exception_001 Exception_002 Exception_006 Exception_007 Exception_012 Exception_013 Exception_099 Teleported",
	},
	"17track": {
		"pending":          "NotFound NotFound_Other NotFound_InvalidCode",
		"announced":        "InfoReceived",
		"picked_up":        "InTransit_PickedUp",
		"in_transit":       "InTransit InTransit_Other InTransit_Departure InTransit_Arrival",
		"customs":          "InTransit_CustomsProcessing InTransit_CustomsReleased InTransit_CustomsRequiringInformation",
		"out_for_delivery": "OutForDelivery OutForDelivery_Other",
		"ready_for_pickup": "AvailableForPickup AvailableForPickup_Other",
		"attempt_failed":   "DeliveryFailure_NoBody DeliveryFailure_Security DeliveryFailure_InvalidAddress",
		"delivered":        "Delivered Delivered_Other",
		"refused":          "DeliveryFailure_Rejected",
		"returning":        "Exception_Returning",
		"returned":         "Exception_Returned",
		"stalled":          "Expired Expired_Other",
		"unknown": "DeliveryFailure DeliveryFailure_Other Exception Exception_Other Exception_NoBody Exception_Security Exception_Damage " +
			"Exception_Rejected Exception_Delayed Exception_Lost Exception_Destroyed Exception_Cancel InTransit_Teleported",
	},
	"easypost": {
		"pending": "unknown", "announced": "pre_transit", "in_transit": "in_transit", "out_for_delivery": "out_for_delivery",
		"ready_for_pickup": "available_for_pickup", "attempt_failed": "failure", "delivered": "delivered", "returning": "return_to_sender",
		"unknown": "cancelled error teleported",
	},
	"shopify": {
		"pending": "confirmed", "announced": "label_purchased label_printed", "picked_up": "carrier_picked_up", "in_transit": "in_transit",
		"out_for_delivery": "out_for_delivery", "ready_for_pickup": "ready_for_pickup", "attempt_failed": "attempted_delivery",
		"delivered": "delivered picked_up", "returning": "returning_to_sender", "delayed": "delayed", "unknown": "failure teleported",
	},
	"kuaidi100": {
		"picked_up": "1 揽收", "in_transit": "0 7 在途 转单 转投", "customs": "8 10 11 12 13 清关 待清关 清关中 已清关 清关异常", "out_for_delivery": "5 派件",
		"attempt_failed": "2 疑难", "delivered": "3 签收", "refused": "14 拒签", "returning": "6 退回", "returned": "4 退签", "stalled": "abort", "unknown": "9 99 投递",
	},
}

// oneScan makes a delivery in which the code stands on the only scan.
func oneScan(provider, code string) *Request {
	r := &Request{Header: http.Header{}, Shop: "alpha", Received: now}
	body := ""
	switch provider {
	case "aftership":
		tag, _, _ := strings.Cut(code, "_")
		body = fmt.Sprintf(`{"event":"tracking_update","ts":1795381000,"msg":{"slug":"ups","tracking_number":"1Z","tag":%q,"subtag":%q,
			"checkpoints":[{"tag":%q,"subtag":%q,"checkpoint_time":"2026-11-20T10:00:00+00:00"}]}}`, tag, code, tag, code)
	case "17track":
		body = fmt.Sprintf(`{"event":"TRACKING_UPDATED","data":{"number":"1Z","carrier":3011,"track_info":{"latest_status":{"sub_status":%q},"tracking":{"providers":[
			{"events":[{"time_utc":"2026-11-20T10:00:00Z","sub_status":%q}]}]}}}}`, code, code)
	case "easypost":
		body = fmt.Sprintf(`{"description":"tracker.updated","mode":"production","result":{"tracking_code":"1Z","carrier":"UPS","status":%q,
			"tracking_details":[{"status":%q,"datetime":"2026-11-20T10:00:00Z"}]}}`, code, code)
	case "shopify":
		r.Header.Set("X-Shopify-Topic", "fulfillment_events/create")
		body = fmt.Sprintf(`{"id":9,"fulfillment_id":8,"order_id":7,"status":%q,"happened_at":"2026-11-20T05:00:00-05:00"}`, code)
	case "kuaidi100":
		status, state := "polling", code
		if code == "abort" {
			status, state = code, ""
		}
		field := "statusCode"
		if strings.Trim(code, "0123456789") != "" {
			field, state = "status", ""
		}
		line := fmt.Sprintf(`{"ftime":"2026-11-20 18:00:00",%q:%q}`, field, code)
		if code == "abort" {
			line = ""
		}
		body = push(fmt.Sprintf(`{"status":%q,"lastResult":{"com":"yunda","nu":"1Z","state":%q,"data":[%s]}}`, status, state, line))
	}
	r.Body = []byte(body)
	return r
}

// push is a form as 快递100 posts it.
func push(param string) string { return url.Values{"param": {param}}.Encode() }

func provider(tb testing.TB, name string) *Provider {
	tb.Helper()
	for _, p := range Providers() {
		if p.Name == name {
			return &p
		}
	}
	tb.Fatalf("no provider %s", name)
	return nil
}

func TestEveryStatus(t *testing.T) {
	for name, states := range rows {
		p := provider(t, name)
		tried := map[string]bool{}
		for want, codes := range states {
			for code := range strings.FieldsSeq(codes) {
				tried[code] = true
				d, f := p.Read(oneScan(name, code))
				if f != nil || len(d.Parcels) != 1 || len(d.Faults) != 0 {
					t.Errorf("%s %s: %d parcels, %v %v", name, code, len(d.Parcels), f, d.Faults)
					continue
				}
				e := d.Parcels[0]
				raw := e.RawStatus == code || name == "aftership" && want != "unknown" && strings.HasPrefix(code, e.RawStatus)
				if e.Type != want || !raw || (d.Unknown > 0) != (want == "unknown") || e.Source != name || e.Shop != "alpha" {
					t.Errorf("%s %s: %s (%s), %d unknown; want %s", name, code, e.Type, e.RawStatus, d.Unknown, want)
				}
				at := schemas.Millis(1_795_168_800_000) // 2026-11-20T10:00:00Z
				if code == "abort" {
					at = now
				}
				if e.OccurredAt != at {
					t.Errorf("%s %s: at %v", name, code, e.OccurredAt)
				}
			}
		}
		for _, s := range p.Statuses {
			if s.Type != schemas.ParcelUnknown && !tried[s.Code] && name != "17track" && !strings.HasPrefix(s.Code, "Pending_") {
				t.Errorf("%s %s is in the table and not tried", name, s.Code)
			}
			if n := strings.Count(fmt.Sprint(p.Statuses), "{"+s.Code+" "); n != 1 {
				t.Errorf("%s %s stands in the table %d times", name, s.Code, n)
			}
		}
	}
}

// 17TRACK's lines may name a stage where they name no status.
func TestStages(t *testing.T) {
	for stage, want := range map[string]string{"PickedUp": "picked_up", "Departure": "in_transit", "Arrival": "in_transit", "Returning": "returning", "Returned": "returned"} {
		r := oneScan("17track", "")
		r.Body = []byte(strings.Replace(string(r.Body), `"sub_status":""}]`, `"stage":"`+stage+`"}]`, 1))
		d, f := provider(t, "17track").Read(r)
		if f != nil || len(d.Parcels) != 1 || d.Parcels[0].Type != want {
			t.Errorf("%s: %v %+v", stage, f, d.Parcels)
		}
	}
}

func TestProvidersAreThoseOfShops(t *testing.T) {
	known := schemas.WebhookProviders()
	for _, p := range Providers() {
		if named, ok := known[p.Name]; !ok || named != (p.Domain != nil) {
			t.Errorf("%s: %v, %v", p.Name, named, ok)
		}
	}
	if len(known) != len(Providers()) {
		t.Errorf("%d providers in shops.yaml, %d here", len(known), len(Providers()))
	}
}
