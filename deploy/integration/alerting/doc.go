// Package alerting runs tidemark's alerts against real Prometheus and Alertmanager programs: its tests need the build tag
// integration.
package alerting
