package install

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
)

// policyFile is what Debian's packages ask before they start a service; its exit status 101 forbids it.
const policyFile = "/usr/sbin/policy-rc.d"

// Prometheus makes sure that prometheus, promtool, prometheus-alertmanager and amtool are on the PATH. What it installs
// starts no service, now or at the next boot: the tests start what they need, on ports and data of their own.
func Prometheus(ctx context.Context) error {
	tools := []Tool{
		{Check: []string{"promtool", "--version"}, Package: "prometheus"},
		{Check: []string{"amtool", "--version"}, Package: "prometheus-alertmanager"},
	}
	missing := broken(ctx, tools)
	if len(missing) == 0 {
		return nil
	}
	forbidden, err := forbidServices(policyFile)
	if err != nil {
		return err
	}
	errs := []error{Need(ctx, tools...), forbidden()}
	for _, service := range missing {
		if _, err := exec.LookPath("update-rc.d"); err == nil {
			errs = append(errs, Run(ctx, "", nil, "update-rc.d", service, "disable"))
		}
	}
	return errors.Join(errs...)
}

// forbidServices lets no package start a service until the function that it returns is called. Where somebody else has
// set a policy, theirs stays. Without the right to set one nothing can be installed either, which Need reports.
func forbidServices(path string) (allow func() error, err error) {
	err = write(path, "#!/bin/sh\nexit 101\n")
	if errors.Is(err, fs.ErrExist) || errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist) {
		return func() error { return nil }, nil
	}
	return func() error { return os.Remove(path) }, err
}

// write makes a new program.
func write(path, text string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	return errors.Join(err, file.Close())
}
