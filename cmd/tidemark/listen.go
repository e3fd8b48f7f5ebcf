package main

import "net"

// checkListen keeps an address on this machine unless the caller says otherwise; why says what strangers could do.
func checkListen(addr string, allowRemote bool, why string) (loopback bool, err error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false, usagef("--listen: %q is no host:port", addr)
	}
	ip := net.ParseIP(host)
	if host == "localhost" || ip != nil && ip.IsLoopback() {
		return true, nil
	}
	if !allowRemote {
		return false, usagef("--listen %s can be reached from other machines, and %s: listen on 127.0.0.1, or give --allow-remote where a proxy with a login stands before it", addr, why)
	}
	return false, nil
}
