package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"tidemark/alerts"
	"tidemark/alerts/deliver"
	"tidemark/alerts/hub"
	"tidemark/alerts/store"
	"tidemark/deploy/admin"
	"tidemark/deploy/wire"
	"tidemark/processors/audit"
	"tidemark/processors/metrics"
	"tidemark/sinks/clickhouse"
)

// alertRunCmd judges the rules, keeps the incidents and tells people.
type alertRunCmd struct {
	clickhouseFlags   `embed:""`
	Shops             string        `placeholder:"FILE" help:"shops.yaml, for time zones and business days; read again when it changes."`
	Listen            string        `default:"127.0.0.1:8005" placeholder:"ADDR" help:"Address of the incidents' API and of the hooks (${default})."`
	AllowRemote       bool          `help:"Allow an address that others can reach; only the hooks ask for a token."`
	Admin             string        `default:"127.0.0.1:9105" placeholder:"ADDR" help:"Address of /metrics, /healthz and /readyz (${default})."`
	Alertmanager      []string      `placeholder:"URL" help:"Every Alertmanager of the cluster; may be given several times."`
	Webhook           string        `placeholder:"URL" help:"Address that is told of each change."`
	WebhookSecretFile string        `placeholder:"FILE" help:"File of the secret that signs what the webhook is told."`
	BoardURL          string        `name:"board-url" placeholder:"URL" help:"Where people reach the boards: the preview, or Grafana's address with /d at its end."`
	RunbookURL        string        `name:"runbook-url" placeholder:"URL" help:"Where people reach the runbooks; without it the preview at --board-url, which serves them under /docs/runbooks."`
	Raise             string        `enum:"tidemark,grafana" default:"tidemark" help:"Who raises incidents: ${enum}. With grafana only readings are written here, and Grafana's webhook drives the incidents."`
	HookTokenFile     string        `placeholder:"FILE" help:"File of the token that Grafana and Alertmanager show at the hooks."`
	Every             time.Duration `default:"10s" help:"How often the rules are judged (${default})."`
}

// Run judges until ctx ends, then stores what it holds.
func (c alertRunCmd) Run(ctx context.Context, log zerolog.Logger) error {
	loopback, err := checkListen(c.Listen, c.AllowRemote, "its API asks nobody for a password")
	if err != nil {
		return err
	}
	if c.Every < time.Second {
		return usagef("--every %v: give at least 1s", c.Every)
	}
	shops, err := openShops(c.Shops, log)
	if err != nil {
		return err
	}
	registry := newRegistry()
	sink, err := c.open(registry)
	if err != nil {
		return err
	}
	defer sink.Close() // Run has stored
	h, err := c.hub(sink, shops, loopback, registry, log)
	if err != nil {
		return err
	}
	accounts, err := audit.NewWatch(sink, metrics.All(), log, registry)
	if err != nil {
		return err
	}
	if err := reach(ctx, sink); err != nil {
		return err
	}
	ready := func() error {
		ctx, cancel := context.WithTimeout(ctx, connectTimeout)
		defer cancel()
		return sink.Ping(ctx)
	}
	log.Info().Str("listen", c.Listen).Str("admin", c.Admin).Msg("judging alerts; run only one of these on a database: a second would tell everything twice")
	return serve(ctx, c.Admin, registry, ready, func(ctx context.Context) error {
		group, ctx := errgroup.WithContext(ctx)
		group.Go(func() error { return h.Run(ctx) })
		group.Go(func() error { return accounts.Run(ctx) })
		group.Go(func() error { return admin.Serve(ctx, c.Listen, h.Handler()) })
		group.Go(func() error { return shops.Run(ctx) })
		group.Go(func() error { return wire.StoreShops(ctx, sink.Insert, shops.Shops, log) })
		return group.Wait()
	})
}

// hub is the whole of alerts, as the flags want it; what is wrong with them is a usage error.
func (c alertRunCmd) hub(sink *clickhouse.Sink, shops *wire.LiveShops, loopback bool, registry prometheus.Registerer, log zerolog.Logger) (*hub.Hub, error) {
	token, err := secret("--hook-token-file", c.HookTokenFile)
	if err != nil {
		return nil, err
	}
	if c.Raise == string(hub.RaiseGrafana) && token == "" {
		return nil, usagef("--raise grafana: Grafana's webhook needs a token; give --hook-token-file, and the same token to Grafana's contact point")
	}
	all := metrics.All()
	rules, links := alerts.Rules(all), deliver.Links{Boards: c.BoardURL}
	manager, err := wire.Alertmanager(deliver.AlertmanagerConfig{URLs: c.Alertmanager, Rules: rules, Links: links, Log: log, Registry: registry})
	if err != nil {
		return nil, usage{err}
	}
	receivers, err := c.receivers(links, registry, log)
	if err != nil {
		return nil, err
	}
	h, err := hub.New(hub.Config{
		Store: store.New(sink, all), Rules: rules, Zone: wire.Zones(shops.Shops), Runbook: c.runbook(), Raise: hub.Raise(c.Raise),
		Receivers: receivers, Alertmanager: manager, HookToken: token, Loopback: loopback, Registry: registry, Log: log,
		Tick: time.Tick(c.Every),
	})
	if err != nil {
		return nil, usage{err}
	}
	return h, nil
}

// receivers are the webhook, if there is one.
func (c alertRunCmd) receivers(links deliver.Links, registry prometheus.Registerer, log zerolog.Logger) ([]hub.Receiver, error) {
	key, err := secret("--webhook-secret-file", c.WebhookSecretFile)
	if err != nil {
		return nil, err
	}
	if c.Webhook == "" {
		if key != "" {
			return nil, usagef("--webhook-secret-file signs what a webhook is told: give --webhook too")
		}
		return nil, nil
	}
	hook, err := deliver.NewWebhook(deliver.WebhookConfig{Name: "webhook", URL: c.Webhook, Secret: []byte(key), Links: links, Log: log, Registry: registry})
	if err != nil {
		return nil, usagef("--webhook: %w", err)
	}
	return []hub.Receiver{{Name: "webhook", Deliver: hook.Deliver}}, nil
}

// runbook is where a rule's page is; nil where there are none.
func (c alertRunCmd) runbook() func(rule string) string {
	if c.RunbookURL == "" {
		if c.BoardURL == "" || strings.HasSuffix(strings.TrimSuffix(c.BoardURL, "/"), "/d") {
			return nil // Grafana serves no runbooks
		}
		return wire.RunbookAt(c.BoardURL)
	}
	return func(rule string) string { return strings.TrimSuffix(c.RunbookURL, "/") + "/" + rule + ".md" }
}

// secret reads a file that holds one secret; a flag that names none gives none.
func secret(flag, path string) (string, error) {
	if path == "" {
		return "", nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", usage{fmt.Errorf("%s: %w", flag, err)}
	}
	if s := strings.TrimSpace(string(text)); s != "" {
		return s, nil
	}
	return "", usagef("%s: %s is empty", flag, path)
}
