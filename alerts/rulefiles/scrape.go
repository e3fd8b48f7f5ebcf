package rulefiles

type (
	prometheusConfig struct {
		Global struct {
			ScrapeInterval     string `yaml:"scrape_interval"`
			EvaluationInterval string `yaml:"evaluation_interval"`
		} `yaml:"global"`
		RuleFiles []string `yaml:"rule_files"`
		Alerting  struct {
			Alertmanagers []targets `yaml:"alertmanagers"`
		} `yaml:"alerting"`
		Scrape []scrapeJob `yaml:"scrape_configs"`
	}
	scrapeJob struct {
		Job     string   `yaml:"job_name"`
		Targets []target `yaml:"static_configs"`
	}
	targets struct {
		Static []target `yaml:"static_configs"`
	}
	target struct {
		Targets []string `yaml:"targets"`
	}
)

const scrapeComment = `# An example: every program of tidemark at the port where it serves /metrics (--admin), two Alertmanagers. The rules look for
# jobs by these names; name your own machines below.
`

func scrapeExample() prometheusConfig {
	at := func(addresses ...string) []target { return []target{{Targets: addresses}} }
	var c prometheusConfig
	c.Global.ScrapeInterval, c.Global.EvaluationInterval = "15s", "15s"
	c.RuleFiles = []string{"rules.yaml"}
	c.Alerting.Alertmanagers = []targets{{Static: at("127.0.0.1:9093", "127.0.0.1:9094")}}
	c.Scrape = []scrapeJob{
		{Job: "tidemark-collect", Targets: at("127.0.0.1:9101")},
		{Job: "tidemark-process", Targets: at("127.0.0.1:9102", "127.0.0.1:9103")},
		{Job: "tidemark-land", Targets: at("127.0.0.1:9104")},
		{Job: "tidemark-alert", Targets: at("127.0.0.1:9105")},
		{Job: "tidemark-rollup", Targets: at("127.0.0.1:9106")},
		{Job: "tidemark-correct", Targets: at("127.0.0.1:9107")},
		{Job: "tidemark-archive", Targets: at("127.0.0.1:9108")},
	}
	return c
}
