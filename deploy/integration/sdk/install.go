package sdk

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"tidemark/deploy/integration/install"
)

//go:embed visit.json node/package.json node/package-lock.json node/*.mjs python/requirements.txt python/*.py
var files embed.FS

// nodeDir returns the folder that holds the clients for Node.js and their scripts.
func nodeDir(ctx context.Context) (string, error) {
	err := install.Need(ctx,
		install.Tool{Check: []string{"node", "--version"}, Package: "nodejs"},
		install.Tool{Check: []string{"npm", "--version"}, Package: "npm"})
	if err != nil {
		return "", err
	}
	return folder("node", func(dir string) error {
		return install.Run(ctx, dir, nil, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	})
}

// pythonDir returns the virtual environment that holds the clients for Python, clickhouse-connect and the scripts.
func pythonDir(ctx context.Context) (string, error) {
	err := install.Need(ctx,
		install.Tool{Check: []string{"python3", "--version"}, Package: "python3"},
		install.Tool{Check: []string{"python3", "-c", "import venv, ensurepip"}, Package: "python3-venv"})
	if err != nil {
		return "", err
	}
	return folder("python", func(dir string) error {
		if err := install.Run(ctx, dir, nil, "python3", "-m", "venv", dir); err != nil {
			return err
		}
		return install.Run(ctx, dir, nil, interpreter(dir), "-m", "pip", "install", "-q",
			"--disable-pip-version-check", "--no-deps", "-r", "requirements.txt")
	})
}

func interpreter(dir string) string { return filepath.Join(dir, "bin", "python") }

// folder is the cached installation of a language's files and the visit, named after their contents; fill installs what
// they name.
func folder(language string, fill func(dir string) error) (string, error) {
	entries, err := fs.ReadDir(files, language)
	if err != nil {
		return "", err
	}
	contents := map[string][]byte{}
	sum := sha256.New()
	for _, name := range append(names(language, entries), "visit.json") {
		content, err := files.ReadFile(name)
		if err != nil {
			return "", err
		}
		contents[path.Base(name)] = content
		sum.Write(content)
	}
	return install.Dir("sdk-"+language+"-"+hex.EncodeToString(sum.Sum(nil)[:6]), func(dir string) error {
		for name, content := range contents {
			if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
				return err
			}
		}
		return fill(dir)
	})
}

func names(folder string, entries []fs.DirEntry) []string {
	all := make([]string, len(entries))
	for i, entry := range entries {
		all[i] = path.Join(folder, entry.Name())
	}
	return all
}

// version is the one that package.json or requirements.txt names.
func version(name string) (string, error) {
	var node struct {
		Dependencies map[string]string `json:"dependencies"`
	}
	text, err := files.ReadFile("node/package.json")
	if err != nil {
		return "", err
	}
	if err := json.Unmarshal(text, &node); err != nil {
		return "", err
	}
	if v := node.Dependencies[name]; v != "" {
		return v, nil
	}
	if text, err = files.ReadFile("python/requirements.txt"); err != nil {
		return "", err
	}
	for line := range strings.Lines(string(text)) {
		if v, ok := strings.CutPrefix(strings.TrimSpace(line), name+"=="); ok {
			return v, nil
		}
	}
	return "", fmt.Errorf("%s is in neither package.json nor requirements.txt", name)
}
