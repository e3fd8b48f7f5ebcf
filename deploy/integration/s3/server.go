// Package s3 runs S3Proxy: Amazon's storage interface, signatures and checksums included, over a folder.
package s3

import (
	"context"
	_ "embed"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"tidemark/deploy/integration/child"
	"tidemark/deploy/integration/install"
	"tidemark/deploy/integration/rig"
)

//go:embed pom.xml
var pom []byte

// Who may sign requests.
const (
	id     = "tidemark"
	secret = "only-on-loopback"
)

// Server is a running S3 service with one bucket.
type Server struct {
	addr    string
	process *child.Process
}

// Start starts the service on the folder dir and returns when it takes connections. Call End in the end.
func Start(ctx context.Context, dir string) (*Server, error) {
	classes, err := install.Jars(ctx, "s3proxy-2.6.0", pom) // about 43 MB
	if err != nil {
		return nil, err
	}
	addr, err := rig.FreeAddr()
	if err != nil {
		return nil, err
	}
	data, settings := filepath.Join(dir, "s3"), filepath.Join(dir, "s3.properties")
	if err := os.MkdirAll(filepath.Join(data, "bucket"), 0o755); err != nil {
		return nil, err
	}
	text := fmt.Sprintf("s3proxy.endpoint=http://%s\ns3proxy.authorization=aws-v4\ns3proxy.identity=%s\ns3proxy.credential=%s\n"+
		"jclouds.provider=filesystem-nio2\njclouds.identity=none\njclouds.credential=none\njclouds.filesystem.basedir=%s\n", addr, id, secret, data)
	if err := os.WriteFile(settings, []byte(text), 0o600); err != nil {
		return nil, err
	}
	process, err := child.Start("s3proxy", filepath.Join(dir, "s3.log"), nil,
		"java", "-Xmx256m", "-cp", filepath.Join(classes, "*"), "org.gaul.s3proxy.Main", "--properties", settings)
	if err != nil {
		return nil, err
	}
	s := &Server{addr: addr, process: process}
	if err := s.wait(ctx); err != nil {
		process.End()
		return nil, err
	}
	return s, nil
}

// Location is a place in the bucket, as tidemark archive --to takes it.
func (s *Server) Location(prefix string) string {
	return fmt.Sprintf("s3://bucket/%s?endpoint=http://%s&region=us-east-1", prefix, s.addr)
}

// Environ is the environment of a program that may write there.
func (s *Server) Environ() []string {
	return append(os.Environ(), "AWS_ACCESS_KEY_ID="+id, "AWS_SECRET_ACCESS_KEY="+secret)
}

// End kills the service.
func (s *Server) End() { s.process.End() }

func (s *Server) wait(ctx context.Context) error {
	for began := time.Now(); ; {
		if c, err := net.Dial("tcp", s.addr); err == nil {
			return c.Close()
		}
		if !s.process.Alive() || time.Since(began) > 2*time.Minute {
			return s.process.Failure("does not take connections")
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}
