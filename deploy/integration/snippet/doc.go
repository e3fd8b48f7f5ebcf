// Package snippet puts the collector's browser snippet into pages, opens them in a real Chromium, and looks at what
// reaches Kafka.
package snippet
