// Package proctest checks the exactness of package processors from outside: a batch oracle, which knows the rules and
// nothing of how the engine works, and a simulation that crashes owners of a partition at every point and compares what
// is left in the tables with the oracle. It does no I/O. The oracle works for any catalogue.
package proctest
