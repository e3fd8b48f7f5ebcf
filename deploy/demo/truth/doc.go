// Package truth keeps what the shop simulator knows to be true, apart from everything that tidemark computes: how many
// views, orders and how much money each minute of each shop must show.
//
// An event counts in one of three ways. Sure: it was acknowledged so soon after it happened that no window can have
// closed before it. Late: it was first sent so long after it happened that every window had closed. Maybe: neither can
// be said, because the collector was away for a while or the demo was killed before the answer came. A cell is right
// when it holds at least what is sure and at most what is sure and maybe; without maybes it must be exact. Late events are
// not in a minute's figures until it has been corrected; then they are, all of them.
//
// The journal on disk makes the truth survive a restart: one line before a request is sent, one
// after its answer; now and then it is replaced by its sum.
package truth
