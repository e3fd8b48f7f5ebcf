package chaos

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"tidemark/deploy/integration/install"
	"tidemark/deploy/integration/rig"
)

// earlier is the commit that the earlier build is made of: the last one before snapshots, recomputes and rollups.
const earlier = "7f1b311"

// buildEarlier builds that commit in dir and returns the path of the binary.
func buildEarlier(ctx context.Context, dir string) (string, error) {
	root, err := exec.CommandContext(ctx, "git", "rev-parse", "--show-toplevel").Output()
	if err != nil {
		return "", fmt.Errorf("this cell needs git and the repository's history: %w", err)
	}
	top := strings.TrimSpace(string(root))
	source := filepath.Join(dir, "earlier")
	if err := os.MkdirAll(source, 0o755); err != nil {
		return "", err
	}
	tar := filepath.Join(dir, "earlier.tar")
	if err := install.Run(ctx, top, nil, "git", "archive", "-o", tar, earlier); err != nil {
		return "", fmt.Errorf("this cell needs the repository's history up to %s (git fetch --unshallow): %w", earlier, err)
	}
	page := filepath.Join("dashboards", "preview", "web", "dist")
	binary := filepath.Join(dir, "tidemark-earlier")
	return binary, errors.Join(
		install.Run(ctx, source, nil, "tar", "-xf", tar),
		// The page is built by npm and plays no part here.
		os.RemoveAll(filepath.Join(source, page)),
		os.CopyFS(filepath.Join(source, page), os.DirFS(filepath.Join(top, page))),
		install.Run(ctx, source, nil, "go", "build", "-o", binary, "./cmd/tidemark"))
}

// twoBuilds lets both builds join every group.
func twoBuilds(ctx context.Context, p *Play) error {
	binary, err := buildEarlier(ctx, p.dir)
	if err != nil {
		return err
	}
	for _, program := range programs {
		old := p.Programs
		old.Binary, old.ClickHouse = binary, "http://"+p.Valves[program].Addr()+"/"+p.database
		argv := old.Process(program)
		if program == "land" {
			argv = old.Land()
		}
		if err := p.Crew.Join(program+"-earlier", argv); err != nil {
			return err
		}
	}
	return p.Join(programs...)
}

// alternate kills the earlier build and this one in turn, so that each takes over what the other has committed.
func alternate(ctx context.Context, p *Play) error {
	for _, suffix := range []string{"-1", "-earlier"} {
		for _, program := range programs {
			if err := p.Wait(ctx, time.Second); err != nil {
				return err
			}
			if err := p.Crew.KillOne(ctx, program+suffix, rig.SessionTimeout+time.Second); err != nil {
				return err
			}
			p.Hit(1, "deaths by SIGKILL after which the other build took over")
		}
	}
	return nil
}
