package install

import (
	"context"
	"os"
	"path/filepath"
)

// Jars returns the folder of a Java server's jars, fetched by Maven as the project file says when it is absent. Java must run
// them, so it is installed too.
func Jars(ctx context.Context, name string, pom []byte) (string, error) {
	if err := Need(ctx, Tool{Check: []string{"java", "-version"}, Package: "openjdk-17-jre-headless"}); err != nil {
		return "", err
	}
	return Dir(name, func(dir string) error {
		if err := Need(ctx, Tool{Check: []string{"mvn", "--version"}, Package: "maven"}); err != nil {
			return err
		}
		project, err := os.MkdirTemp("", "tidemark-jars-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(project)
		file := filepath.Join(project, "pom.xml")
		if err := os.WriteFile(file, pom, 0o600); err != nil {
			return err
		}
		return Run(ctx, project, nil, "mvn", "-q", "-B", "-f", file, "dependency:copy-dependencies", "-DoutputDirectory="+dir)
	})
}
