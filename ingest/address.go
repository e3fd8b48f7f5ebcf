package ingest

import (
	"net/http"
	"net/netip"
	"strings"
)

// clientAddress names the rate bucket of a request: the peer's address, or the nearest address before it that is not
// one of our own proxies. Without configured proxies X-Forwarded-For is not read, for anybody may write it.
// IPv6 counts by /64, which is what one customer gets.
func clientAddress(r *http.Request, proxies []netip.Prefix) string {
	addr, ok := peerAddress(r, proxies)
	if !ok {
		return r.RemoteAddr
	}
	if addr.Is6() {
		if net, err := addr.WithZone("").Prefix(64); err == nil {
			return net.String()
		}
	}
	return addr.String()
}

// peerAddress is the client's address; false where the connection has none.
func peerAddress(r *http.Request, proxies []netip.Prefix) (netip.Addr, bool) {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}, false
	}
	addr := peer.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && within(addr, proxies); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		addr = next.Unmap()
	}
	return addr, true
}

func within(addr netip.Addr, prefixes []netip.Prefix) bool {
	for _, p := range prefixes {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}
