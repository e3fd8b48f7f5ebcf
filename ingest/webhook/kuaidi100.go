package webhook

import (
	"cmp"
	"crypto/md5"
	"net/url"
	"slices"

	"tidemark/schemas"
)

const sourceKuaidi100 = "kuaidi100"

// kuaidi100 reads the pushes of 快递100's subscription service: a form with param, a JSON text, and sign, the MD5 of
// param and the salt given at the subscription, in hexadecimal digits. Fields and meanings are those of its own Java
// client (kuaidi100-api/java-demo) and its pages at apifox. MD5 is weak, and is theirs to choose: use a long random salt,
// and take the pushes over HTTPS only.
func kuaidi100() Provider {
	return Provider{
		Name: sourceKuaidi100, Media: []string{"application/x-www-form-urlencoded"}, Limit: smallBody,
		Answer: kuaidi100Answer{Result: true, ReturnCode: "200", Message: "成功"},
		scheme: scheme{
			claims: func(r *Request) [][]byte { return hexClaim(r.form("sign")) },
			mac: func(r *Request, secret string) []byte {
				sum := md5.Sum([]byte(r.form("param") + secret))
				return sum[:]
			},
		},
		letter: func(r *Request) []byte { return []byte(r.form("param")) },
		read:   readKuaidi100, Statuses: kuaidi100Statuses(),
	}
}

// kuaidi100Answer is what it takes for success; anything else makes it push again, three times.
type kuaidi100Answer struct {
	Result     bool   `json:"result"`
	ReturnCode string `json:"returnCode"`
	Message    string `json:"message"`
}

// form returns a field of a form; empty where the body is none.
func (r *Request) form(name string) string {
	fields, err := url.ParseQuery(string(r.Body))
	if err != nil {
		return ""
	}
	return fields.Get(name)
}

type kuaidi100Push struct {
	Status text            `json:"status"` // of the subscription: polling, shutdown, abort, updateall
	ComNew text            `json:"comNew"`
	ComOld text            `json:"comOld"`
	Last   kuaidi100Result `json:"lastResult"`
	Dest   kuaidi100Result `json:"destResult"` // abroad, for subscriptions with interCom
}

type kuaidi100Result struct {
	State text            `json:"state"`
	Com   text            `json:"com"`
	Nu    text            `json:"nu"`
	Data  []kuaidi100Line `json:"data"`
}

type kuaidi100Line struct {
	Time  text `json:"time"`
	FTime text `json:"ftime"`
	// Both come only with subscriptions that ask for resultv2: the word of the state, and its code, which may be a finer
	// one of three or four digits.
	Status text `json:"status"`
	Code   text `json:"statusCode"`
}

// readKuaidi100 reads a push.
//
// The carrier of a parcel is the corrected code (comNew) where 快递100 has found that the shop named a wrong one, else the
// code of the result. It corrects after three days without any scan, so what comes before a correction has no scans
// that could stay behind under the wrong code.
func readKuaidi100(r *Request) (Delivery, *Fault) {
	var d Delivery
	push, f := decode[kuaidi100Push]([]byte(r.form("param")))
	if f != nil {
		return d, f
	}
	last := &push.Last
	p := parcel{source: sourceKuaidi100, carrier: string(cmp.Or(push.ComNew, last.Com, push.ComOld)), number: string(last.Nu)}
	for _, line := range append(last.Data, push.Dest.Data...) {
		var b blame
		s := scan{b.time("time of a line", chinaTime(), line.FTime, line.Time), kuaidi100Code(line)}
		switch {
		case b.fault != nil:
			d.Faults = append(d.Faults, b.fault)
		case s.code != "": // without resultv2 lines are bare text; the newest one's state stands in state
			p.scans = append(p.scans, s)
		}
		p.state.at = max(p.state.at, s.at)
	}
	switch {
	case push.Status == "abort" && push.ComNew != "": // taken up again under the corrected code
	case push.Status == "abort":
		p.state = scan{r.Received, "abort"}
	case p.state.at > 0:
		p.state.code, p.dated = string(cmp.Or(push.Dest.State, last.State)), true
	}
	d.addParcel(r, kuaidi100Statuses(), &p)
	return d, nil
}

// kuaidi100Code is a line's code where the table has it, else its word.
func kuaidi100Code(line kuaidi100Line) string {
	if _, known := statusOf(kuaidi100Statuses(), string(line.Code)); known || line.Status == "" {
		return string(line.Code)
	}
	return string(line.Status)
}

// kuaidi100Statuses are the codes of state, the words of lines, and the end of a subscription.
func kuaidi100Statuses() []Status {
	return slices.Concat(
		same(schemas.ParcelInTransit, "在途", "0", "在途"),
		same(schemas.ParcelPickedUp, "揽收", "1", "揽收"),
		same(schemas.ParcelAttemptFailed, "疑难", "2", "疑难"),
		same(schemas.ParcelDelivered, "签收", "3", "签收"),
		same(schemas.ParcelReturned, "退签: signed for by the sender", "4", "退签"),
		same(schemas.ParcelOutForDelivery, "派件", "5", "派件"),
		same(schemas.ParcelReturning, "退回", "6", "退回"),
		same(schemas.ParcelInTransit, "转单, 转投: handed to another carrier", "7", "转单", "转投"),
		same(schemas.ParcelCustoms, "清关", "8", "清关"),
		same(schemas.ParcelUnknown, "not in use", "9"),
		same(schemas.ParcelCustoms, "待清关", "10", "待清关"),
		same(schemas.ParcelCustoms, "清关中", "11", "清关中"),
		same(schemas.ParcelCustoms, "已清关", "12", "已清关"),
		same(schemas.ParcelCustoms, "清关异常", "13", "清关异常"),
		same(schemas.ParcelRefused, "拒签", "14", "拒签"),
		same(schemas.ParcelStalled, "no record for 3 days, or no change for 60", "abort"),
	)
}
