// Package letters buries events in the dead letters of the real programs, replays them twice, and holds the figures to an
// oracle that counts each once.
package letters
