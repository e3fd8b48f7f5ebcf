// Package recovery measures how long the groups take to be live again after SIGKILL, with snapshots and without, under a
// steady load, and holds their tables to those of groups that were never disturbed.
package recovery
