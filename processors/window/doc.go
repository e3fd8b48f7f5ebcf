// Package window groups events by event time: aligned windows, sessions, watermarks and lateness. It is pure: time is
// an argument, and nothing depends on the order of maps, on a clock or on chance.
package window
