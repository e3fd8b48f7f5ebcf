package kafka

import (
	"context"
	_ "embed"
	"os"
	"path/filepath"

	"tidemark/deploy/integration/install"
)

//go:embed pom.xml
var pom []byte

// jars returns the folder with Kafka's own jars, fetched by Maven when it is absent (about 45 MB).
func jars(ctx context.Context) (string, error) {
	java := install.Tool{Check: []string{"java", "-version"}, Package: "openjdk-17-jre-headless"}
	if err := install.Need(ctx, java); err != nil {
		return "", err
	}
	return install.Dir("kafka-4.1.0", func(dir string) error {
		if err := install.Need(ctx, install.Tool{Check: []string{"mvn", "--version"}, Package: "maven"}); err != nil {
			return err
		}
		project, err := os.MkdirTemp("", "tidemark-kafka-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(project)
		file := filepath.Join(project, "pom.xml")
		if err := os.WriteFile(file, pom, 0o600); err != nil {
			return err
		}
		return install.Run(ctx, project, nil, "mvn", "-q", "-B", "-f", file,
			"dependency:copy-dependencies", "-DoutputDirectory="+dir)
	})
}
