// Package outage stages a failure of all payments in a real demo, over HTTP as anybody may, and wants what follows: an
// orange incident in time, an acknowledgement, a resolution, and figures that are exact all along.
package outage
