package ingest

import "strings"

// Device classes.
const (
	deviceMobile  = "mobile"
	deviceTablet  = "tablet"
	deviceDesktop = "desktop"
	deviceServer  = "server"
	deviceOther   = "other"
)

// deviceOf classes a user agent by the few marks that hold for nearly all of them. Tablets that call themselves
// desktops (newer iPads) count as desktops, and so does a mobile browser asked for the desktop site.
func deviceOf(userAgent string) string {
	has := func(mark string) bool { return strings.Contains(userAgent, mark) }
	switch {
	case userAgent == "":
		return ""
	case has("iPad"), has("Tablet"), has("Android") && !has("Mobi"):
		return deviceTablet
	case has("Mobi"), has("iPhone"), has("Android"):
		return deviceMobile
	case has("Windows NT"), has("Macintosh"), has("X11"), has("CrOS"):
		return deviceDesktop
	}
	return deviceOther
}

// deviceOfType classes the device type that mobile SDKs report.
func deviceOfType(kind string) string {
	switch strings.ToLower(kind) {
	case "":
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
