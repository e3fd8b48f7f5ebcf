//go:build integration

package alerting

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"tidemark/deploy/integration/child"
)

// cluster is two Alertmanagers that know each other, on the generated configuration.
type cluster struct {
	dir, config string
	web, gossip [2]string
	run         [2]*child.Process
}

// newCluster starts both. The configuration is the generated one, with the addresses of the inbox and of tidemark's hook,
// a token in its file, and shorter waits.
func newCluster(t *testing.T, in *inbox, hook, repeat string) *cluster {
	t.Helper()
	tools(t)
	c := &cluster{dir: t.TempDir()}
	text, err := os.ReadFile(gen + "/alertmanager/alertmanager.yaml")
	must(t, err)
	c.config = filepath.Join(c.dir, "alertmanager.yaml")
	edited := strings.NewReplacer(
		"https://chat.example/hooks/", in.URL+"/chat/", "https://pager.example/hooks/", in.URL+"/pager/",
		"http://127.0.0.1:8005/", "http://"+hook+"/", "/etc/alertmanager/secrets/", c.dir+"/",
		"group_wait: 30s", "group_wait: 2s", "group_wait: 5s", "group_wait: 1s",
		"group_interval: 1m", "group_interval: 2s", "group_interval: 10s", "group_interval: 2s",
		"repeat_interval: 4h", "repeat_interval: "+repeat, "repeat_interval: 30m", "repeat_interval: "+repeat,
	).Replace(string(text))
	must(t, os.WriteFile(c.config, []byte(edited), 0o600))
	for line := range strings.Lines(edited) {
		if _, file, ok := strings.Cut(strings.TrimSpace(line), "credentials_file: "); ok {
			must(t, os.WriteFile(file, []byte("token"), 0o600))
		}
	}
	for i := range c.run {
		c.web[i], c.gossip[i] = freeAddr(t), freeAddr(t)
	}
	for i := range c.run {
		c.start(t, i)
	}
	c.join(t)
	return c
}

// start runs one of the two on its data.
func (c *cluster) start(t *testing.T, i int) {
	t.Helper()
	c.run[i] = start(t, c.dir, fmt.Sprintf("alertmanager-%d", i), "prometheus-alertmanager",
		"--config.file", c.config, "--storage.path", filepath.Join(c.dir, fmt.Sprint("data-", i)), "--web.listen-address", c.web[i],
		"--cluster.listen-address", c.gossip[i], "--cluster.peer", c.gossip[1-i], "--cluster.peer-timeout", "8s",
		"--cluster.pushpull-interval", "2s", "--cluster.settle-timeout", "5s", "--cluster.reconnect-interval", "1s")
	answers(t, c.run[i], "http://"+c.web[i]+"/-/ready")
}

// join waits until each sees the other.
func (c *cluster) join(t *testing.T) {
	t.Helper()
	for i := range c.run {
		until(t, "the Alertmanagers have found each other", func() (bool, string) {
			var status struct {
				Cluster struct {
					Status string     `json:"status"`
					Peers  []struct{} `json:"peers"`
				} `json:"cluster"`
			}
			err := ask("GET", c.url(i, "status"), nil, "", &status)
			return err == nil && status.Cluster.Status == "ready" && len(status.Cluster.Peers) == 2, fmt.Sprint(status, err)
		}, c.run[:]...)
	}
}

func (c *cluster) url(i int, path string) string { return "http://" + c.web[i] + "/api/v2/" + path }

// noted waits until both know of n notifications that one of them has sent: one that dies sooner takes the knowledge
// along, and the other notifies again, as it should.
func (c *cluster) noted(t *testing.T, n float64) {
	t.Helper()
	until(t, "the Alertmanagers have told each other what they have sent", func() (bool, string) {
		told := 0.0
		for i := range c.web {
			families, err := scrape("http://" + c.web[i] + "/metrics")
			if err != nil {
				return false, err.Error()
			}
			for _, m := range families["alertmanager_nflog_gossip_messages_propagated_total"].GetMetric() {
				told += m.GetCounter().GetValue()
			}
		}
		return told >= n, fmt.Sprint(told)
	}, c.run[:]...)
}

// scrape reads the metrics of a process.
func scrape(address string) (map[string]*dto.MetricFamily, error) {
	answer, err := http.Get(address)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	return parser.TextToMetricFamilies(answer.Body)
}

// alerts waits until an instance knows so many alerts that have not ended.
func (c *cluster) alerts(t *testing.T, i, n int) {
	t.Helper()
	until(t, fmt.Sprintf("alertmanager-%d knows %d alerts", i, n), func() (bool, string) {
		var list []struct {
			Labels map[string]string `json:"labels"`
		}
		err := ask("GET", c.url(i, "alerts"), nil, "", &list)
		return err == nil && len(list) == n, fmt.Sprint(list, err)
	}, c.run[i])
}

// silences waits until an instance has so many active silences.
func (c *cluster) silences(t *testing.T, i, n int) {
	t.Helper()
	until(t, fmt.Sprintf("alertmanager-%d has %d silences", i, n), func() (bool, string) {
		var list []struct {
			Comment string `json:"comment"`
			Status  struct {
				State string `json:"state"`
			} `json:"status"`
		}
		err := ask("GET", c.url(i, "silences"), nil, "", &list)
		active := 0
		for _, s := range list {
			if s.Status.State == "active" {
				active++
			}
		}
		return err == nil && (active == n || n > 0 && active > 0), fmt.Sprint(list, err)
	}, c.run[i])
}
