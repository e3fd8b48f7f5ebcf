package ingest

import "net/url"

// clickID is a parameter that an ad network appends to a shop's links. The ids say who clicked, and are not kept.
type clickID struct {
	parameter, network string
	channel            string // what the visit is where the link has no campaign parameters
}

// clickIDs lists them, those first that only an ad can have. Meta's and X's are on shared posts as well. Ocean Engine's
// name is so common that it needs a second one.
func clickIDs() [12]clickID { // an array, since it is made for each event that has an id
	return [...]clickID{
		{"gclid", "google", channelPaidSearch}, {"gbraid", "google", channelPaidSearch}, {"wbraid", "google", channelPaidSearch},
		{"dclid", "google", channelDisplay}, {"msclkid", "microsoft", channelPaidSearch}, {"bd_vid", "baidu", channelPaidSearch},
		{"ttclid", "tiktok", channelPaidSocial}, {"gdt_vid", "tencent", channelPaidSocial}, {"qz_gdt", "tencent", channelPaidSocial},
		{"clickid", "oceanengine", channelPaidSocial}, {"fbclid", "meta", channelSocial}, {"twclid", "x", channelSocial},
	}
}

// oceanEngine says whether one of the parameters that stand beside Ocean Engine's clickid is there.
func oceanEngine(query url.Values) bool {
	return query.Has("adid") || query.Has("creativeid") || query.Has("promotionid")
}

// clickOf finds the ad network whose click id a page's address carries.
func clickOf(query url.Values) clickID {
	for _, id := range clickIDs() {
		if query.Get(id.parameter) != "" && (id.parameter != "clickid" || oceanEngine(query)) {
			return id
		}
	}
	return clickID{}
}

// clickNamed is the network that a sender names, as the browser snippet does, which keeps the id to itself.
func clickNamed(network string) clickID {
	if network == "" {
		return clickID{}
	}
	for _, id := range clickIDs() {
		if id.network == network {
			return id
		}
	}
	return clickID{}
}
