package ingest

import (
	"net/netip"
	"strings"
)

// network is what is kept of a visitor's address: /24 of IPv4, /48 of IPv6. A server's own address says nothing of the
// visitor's, and neither does one that is no public one.
func (in *intake) network(claimed string) string {
	if in.sender.secret {
		return cutAddress(claimed)
	}
	return in.from
}

// cutAddress cuts an address, or a network that is narrower; empty for what is neither.
func cutAddress(text string) string {
	text, _, _ = strings.Cut(strings.TrimSpace(text), "/")
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return ""
	}
	if addr = addr.Unmap(); !addr.IsGlobalUnicast() || addr.IsPrivate() {
		return ""
	}
	bits := 48
	if addr.Is4() {
		bits = 24
	}
	p, err := addr.WithZone("").Prefix(bits)
	if err != nil {
		return ""
	}
	return p.String()
}
