// Package letters reads the dead letter topic for people, and sends letters again.
//
// A letter's identity is its record key. Records of one key are one letter: several groups bury the same record, and a
// sender may repeat what is refused. A record with a mark in its header says that the letter of its key was replayed.
package letters
