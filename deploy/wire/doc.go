// Package wire ties the packages together where more than one command needs the same knot: which tables an installation
// has, which topics, and how a processor's dead letters reach theirs.
package wire
