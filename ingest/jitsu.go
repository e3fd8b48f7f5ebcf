package ingest

import (
	"net/http"
	"strings"
)

// jitsu is Jitsu's form of Segment's API: other paths, the key in a header of its own. Its SDKs put the name of the key into
// the body, which is not looked at.
func jitsu(call string) *api {
	a := segment(call)
	split := a.split
	a.dialect, a.key = dialectJitsu, jitsuKey
	a.split = func(r *http.Request, body []byte) (envelope, *refusal) {
		env, no := split(r, body)
		env.writeKey = ""
		return env, no
	}
	a.done = func(*intake) answer { return answer{http.StatusOK, jitsuAnswer{true}} }
	return a
}

type jitsuAnswer struct {
	OK bool `json:"ok"`
}

// jitsuPaths maps the paths of browsers and servers to the call.
func jitsuPaths() map[string]string {
	out := map[string]string{}
	for _, call := range []string{callTrack, callPage, callScreen, callIdentify, callGroup, callAlias, callBatch} {
		out["/api/s/"+call], out["/api/s/s2s/"+call] = call, call
	}
	return out
}

// jitsuKey takes the key alone, or what follows the colon: Jitsu's SDKs refuse keys that are not of the form name:secret.
func jitsuKey(r *http.Request) (string, *refusal) {
	if key := r.Header.Get("X-Write-Key"); key != "" {
		return key[strings.LastIndexByte(key, ':')+1:], nil
	}
	return headerKey(r)
}
