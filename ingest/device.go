package ingest

import (
	"strings"

	useragent "github.com/medama-io/go-useragent"
	"github.com/medama-io/go-useragent/agents"
)

// Device classes.
const (
	deviceMobile  = "mobile"
	deviceTablet  = "tablet"
	deviceDesktop = "desktop"
	deviceServer  = "server"
	deviceOther   = "other"
)

// devices classes user agents. Safe for many goroutines.
type devices struct {
	parser *useragent.Parser
}

// classified is a user agent and its class; the zero value is right as well.
type classified struct {
	text, device string
	bot          bool
}

func newDevices() devices { return devices{useragent.NewParser()} }

// classify says what an agent runs on, and whether it calls itself a robot; both are empty for no agent. Tablets that
// call themselves desktops (newer iPads) count as desktops, and so does a mobile browser asked for the desktop site.
func (d devices) classify(agent string) (device string, bot bool) {
	if agent == "" {
		return "", false
	}
	switch seen := d.parser.Parse(agent); seen.Device() {
	case agents.DeviceBot:
		return deviceOther, true
	case agents.DeviceTablet:
		device = deviceTablet
	case agents.DeviceMobile:
		device = deviceMobile
		if strings.Contains(agent, "Android") && !strings.Contains(agent, "Mobi") {
			device = deviceTablet // Google's rule for Android
		}
	case agents.DeviceDesktop:
		device = deviceDesktop
	default:
		device = deviceOther
	}
	return device, namesRobot(agent)
}

// namesRobot knows robots by the words in which nearly all of them name themselves; the library lists the great ones.
// Cubot is a make of phones.
func namesRobot(agent string) bool {
	for _, word := range [...]string{"bot", "Bot", "BOT", "spider", "Spider", "crawl", "Crawl", "scrapy", "Scrapy", "slurp", "Slurp"} {
		if strings.Contains(agent, word) {
			return !strings.Contains(agent, "CUBOT") && !strings.Contains(agent, "Cubot")
		}
	}
	return false
}

// deviceOfType classes the device type or platform that SDKs report; empty where it does not tell the device.
func deviceOfType(kind string) string {
	switch strings.ToLower(kind) {
	case "", "web":
		return ""
	case "ios", "android", "mobile":
		return deviceMobile
	case "tablet":
		return deviceTablet
	case "desktop":
		return deviceDesktop
	}
	return deviceOther
}
