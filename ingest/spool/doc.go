// Package spool is a bounded queue of byte entries on disk, for what must be kept while its receiver is away.
//
//	Append -> frame -> newest segment -> fsync, shared by all who wait -> nil
//	Head   <- entries behind the read position, oldest first; Advance moves the position once they are delivered
//
// Guarantee: an entry whose Append has returned nil survives SIGKILL and, as far as the disk keeps what fsync promises,
// power loss. It comes out of Head in the order of the Appends until Advance has gone past it. What Append has refused may
// come out all the same after a crash: deliver at least once, and let the receiver know copies.
//
// Files of a folder, all 0600 in a folder of 0700: lock keeps other processes out; position says where Head begins;
// 00000000000000000042.seg are segments, deleted once they are read; aside/ takes what could not be read.
//
// Why not a library: tidwall/wal has no checksums, refuses to open a log that is corrupt anywhere, and rewrites a segment to
// cut its front; hashicorp/raft-wal has checksums but is made for raft's contiguous indexes, keeps its state in bbolt and
// refuses a corrupt log too; go-diskqueue has no checksums and moves its position when an entry is read, not when it is
// delivered. None of them shares an fsync between writers or locks its folder.
package spool
