package install

import (
	"context"
	"errors"
	"os/exec"
)

// chromiums are the names under which browsers with Chrome's protocol are installed.
func chromiums() []string {
	return []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}
}

// Chromium returns the path of a browser that runs on this machine, and makes sure that there are fonts for Chinese:
// without them every label is a row of boxes, and no test would notice.
func Chromium(ctx context.Context) (string, error) {
	tools := []Tool{
		{Check: []string{"fc-list", "--version"}, Package: "fontconfig"},
		{Check: []string{"sh", "-c", "fc-list :lang=zh-cn family | grep -q ."}, Package: "fonts-noto-cjk"},
	}
	if runnable(ctx) == "" {
		tools = append(tools, Tool{Check: []string{"chromium", "--version"}, Package: "chromium"})
	}
	if err := Need(ctx, tools...); err != nil {
		return "", err
	}
	if path := runnable(ctx); path != "" {
		return path, nil
	}
	return "", errors.New("chromium is installed but does not run: start it in a terminal to see why")
}

// runnable is the first browser that answers, or empty. Some distributions have a chromium that only tells people to
// install it from elsewhere.
func runnable(ctx context.Context) string {
	for _, name := range chromiums() {
		path, err := exec.LookPath(name)
		if err == nil && exec.CommandContext(ctx, path, "--version").Run() == nil {
			return path
		}
	}
	return ""
}
