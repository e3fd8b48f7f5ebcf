package dashboards

import (
	"strings"
	"testing"
	"time"

	"tidemark/processors/metrics"
)

func TestLength(t *testing.T) {
	for _, tt := range []struct {
		of     time.Duration
		en, zh string
	}{
		{time.Minute, "1 min", "1 分钟"},
		{61 * time.Second, "1 min 1 s", "1 分钟 1 秒"},
		{30 * time.Minute, "30 min", "30 分钟"},
		{24 * time.Hour, "24 h", "24 小时"},
		{90*time.Minute + 5*time.Second, "1 h 30 min 5 s", "1 小时 30 分钟 5 秒"},
	} {
		if got := en.length(tt.of); got != tt.en {
			t.Errorf("%v: %q, want %q", tt.of, got, tt.en)
		}
		if got := zh.length(tt.of); got != tt.zh {
			t.Errorf("%v: %q, want %q", tt.of, got, tt.zh)
		}
	}
}

// A new installation has no closed session for half an hour: its panels say so instead of looking broken.
func TestSessionPanelsExplainTheirSilence(t *testing.T) {
	files, err := Generate(metrics.All())
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"dashboards/gen/en/live.json":      "A session closes 30 min after its last event.",
		"dashboards/gen/zh/marketing.json": "会话在最后一次事件 30 分钟后关闭。",
	} {
		if !strings.Contains(string(files[path]), want) {
			t.Errorf("%s does not say %q", path, want)
		}
	}
}
