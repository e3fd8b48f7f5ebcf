// Package metrics holds the metrics, one file each; all.go lists them. To add one, write its file and add its line.
package metrics
