package ingest

import (
	"bytes"
	"strings"
)

// What the names of members say of their values, in the dialects that we read.

// personal says whether a member of that name holds personal data, or a key, in the dialects we read. Signs and case do not
// count: firstName, first_name, $first-name and FIRST-NAME are one name.
func personal(name string) bool {
	var short [32]byte
	n := 0
	for i := range len(name) {
		c := name[i]
		if c < '0' || c > '9' && c < 'A' || c > 'Z' && c < 'a' || c > 'z' && c < 0x80 {
			continue
		}
		if n == len(short) {
			return true // no name that we know is as long; better too much is masked
		}
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		short[n] = c
		n++
	}
	switch string(short[:n]) {
	case "email", "emailaddress", "mail", "phone", "phonenumber", "mobile", "tel", "telephone", "name", "firstname", "lastname",
		"fullname", "username", "nickname", "address", "street", "city", "zip", "postalcode", "ip", "ipaddress", "traits",
		"birthday", "dateofbirth", "gender", "age", "avatar", "idcard", "idnumber", "passport", "ssn", "password", "card",
		"cardnumber", "iban", "signedby", "customername", "browserip", "clientip", "smses", "company", "orderstatusurl", "latitude",
		"longitude", "location", "advertisingid", "deviceid", "writekey", "apikey", "token", "aid": // the last ones are keys, which are nobody else's business
		return true
	}
	for _, part := range [...]string{"email", "phone", "address", "birth", "passw", "firstname", "lastname", "surname", "postal", "postcode", "zip",
		"secret", "token", "orderkey", "creditcard", "geoip", "idfa", "idfv", "gaid", "rawlocation"} {
		if bytes.Contains(short[:n], []byte(part)) { // as in shipping_address and customerEmail
			return true
		}
	}
	return false
}

// freeText says whether a text under that name is written by people, about people as often as not: a courier's note of
// who signed, a buyer's wish, a value whose meaning another member tells. As objects, members of these names stay.
func freeText(name string) bool {
	switch name {
	case "context", "message", "description", "note", "customer_note", "value":
		return true
	}
	return false
}

// maskedAlike says whether the collector masks a member of that name in the same way, so that the letter's event loses
// nothing more by it.
func maskedAlike(name string) bool {
	switch name {
	case "query", "search_term", "search", "name", "event", "event_type", "reason", "refund_reason", "utm_term", "term", "title", "se_ac":
		return true
	}
	return false
}

// addressName says whether a member holds an IP address, of which its network is kept.
func addressName(name string) bool {
	switch name {
	case "ip", "$ip", "ip_address", "client_ip", "browser_ip", "x-forwarded-for", "network":
		return true
	}
	return false
}

// nestedName says whether a member holds JSON in a text: plain, or in base64.
func nestedName(name string) bool {
	return name == "ue_pr" || name == "co" || packedName(name)
}

func packedName(name string) bool { return name == "ue_px" || name == "cx" }

// maxTimeDigits is the length of a time in microseconds.
const maxTimeDigits = 16

// timeName says whether a number of that name is a time.
func timeName(name string) bool {
	switch name {
	case "time", "dtm", "stm", "ttm", "timestamp_micros", "period_start", "period_end", "as_of", "latest_promise", "offset":
		return true
	}
	return strings.HasSuffix(name, "_at") || name == "timestamp" || name == "sentAt" || name == "originalTimestamp"
}

// idName says whether a member is an id that events keep. Others, as wechat_id, may be somebody's number and are masked.
func idName(name string) bool {
	switch name {
	case "event_id", "order_id", "checkout_id", "cart_id", "session_id", "impression_id", "product_id", "tracking_id", "ticket_id", "sku",
		"messageId", "refund_id", "promotion_id", "uuid", "insert_id", "eid", "sid", "$session_id", "transaction_id", "tr_id", "item_id", "sessionId":
		return true
	}
	return personIDName(name)
}

// personIDName says whether a member is the id of a visitor or buyer.
func personIDName(name string) bool {
	switch name {
	case "anonymous_id", "user_id", "buyer", "anonymousId", "userId", "previousId", "distinct_id", "$device_id", "$anon_distinct_id", "$user_id",
		"device_id", "client_id", "uid", "duid", "nuid":
		return true
	}
	return false
}
