package ingest

import "strings"

// Channel groups. A visit without campaign is classed by its referrer.
const (
	channelDirect        = "direct"
	channelOrganicSearch = "organic_search"
	channelPaidSearch    = "paid_search"
	channelSocial        = "social"
	channelPaidSocial    = "paid_social"
	channelDisplay       = "display"
	channelVideo         = "video"
	channelEmail         = "email"
	channelSMS           = "sms"
	channelPush          = "push"
	channelAffiliate     = "affiliate"
	channelReferral      = "referral"
	channelOther         = "other"
)

// channelOf classes a visit. page and referrer are where the visitor is and came from; an empty result means that
// nothing is known, or that the visitor came from another page of the same site.
func channelOf(medium, source string, page, referrer location) string {
	medium, source = strings.ToLower(medium), strings.ToLower(source)
	if medium != "" || source != "" {
		return campaignChannel(medium, source)
	}
	switch {
	case referrer.host != "" && referrer.host == page.host:
		return ""
	case isSearch(referrer.host):
		return channelOrganicSearch
	case isSocial(referrer.host):
		return channelSocial
	case referrer.host != "":
		return channelReferral
	case page.path != "" || page.host != "":
		return channelDirect
	}
	return ""
}

func campaignChannel(medium, source string) string {
	switch medium {
	case "cpc", "ppc", "sem", "paid", "paidsearch", "paid_search", "paid-search":
		if isSocial(source) {
			return channelPaidSocial
		}
		return channelPaidSearch
	case "paidsocial", "paid_social", "paid-social":
		return channelPaidSocial
	case "social", "sm", "social-media", "social_media", "social-network":
		return channelSocial
	case "display", "banner", "cpm", "programmatic", "retargeting":
		return channelDisplay
	case "video", "live", "livestream":
		return channelVideo
	case "email", "e-mail", "newsletter":
		return channelEmail
	case "sms":
		return channelSMS
	case "push", "notification":
		return channelPush
	case "affiliate", "affiliates", "cps":
		return channelAffiliate
	case "referral", "link":
		return channelReferral
	case "organic", "seo":
		return channelOrganicSearch
	}
	if medium == "" && source == "newsletter" {
		return channelEmail
	}
	return channelOther
}

// isSearch and isSocial know a site by a label of its host name, so that google.de and www.google.com are one.
func isSearch(host string) bool {
	return hasLabel(host, "google", "bing", "baidu", "duckduckgo", "yahoo", "yandex", "sogou", "so", "naver", "ecosia")
}

func isSocial(host string) bool {
	return hasLabel(host, "facebook", "instagram", "twitter", "x", "tiktok", "douyin", "pinterest", "linkedin", "reddit",
		"weibo", "xiaohongshu", "wechat", "vk", "youtube", "snapchat")
}

// hasLabel looks at the label before the public suffix: the last but one, or the one before a suffix such as co.uk. A
// bare name, as sources give it, is its own label.
func hasLabel(host string, names ...string) bool {
	labels := strings.Split(host, ".")
	for i, label := range labels {
		registered := len(labels) == 1 || i == len(labels)-2 || i == len(labels)-3 && len(labels[i+1]) <= 3
		if !registered {
			continue
		}
		for _, name := range names {
			if label == name {
				return true
			}
		}
	}
	return false
}
