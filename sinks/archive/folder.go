package archive

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"tidemark/sinks"
)

// folder is a Store of files below a directory.
type folder struct{ dir string }

// writing is the folder of files that are being written; List passes over it.
const writing = ".writing"

// abandoned is how old a file there is when its writer has surely died.
const abandoned = time.Hour

func (f folder) String() string { return f.dir }

func (f folder) path(name string) string { return filepath.Join(f.dir, filepath.FromSlash(name)) }

// Put writes a file, which owner and group may read, elsewhere, syncs it, and renames it, then syncs the directory: after a loss of power the name leads to
// the whole file or to none.
func (f folder) Put(_ context.Context, name string, data []byte) error {
	path := f.path(name)
	dir := filepath.Dir(path)
	temp := f.path(writing)
	if err := errors.Join(makeDirs(dir), makeDirs(temp)); err != nil {
		return f.failed("write "+name, err)
	}
	sweep(temp)
	file, err := os.CreateTemp(temp, "*")
	if err != nil {
		return f.failed("write "+name, err)
	}
	defer os.Remove(file.Name()) // gone already where all went well
	_, err = file.Write(data)
	err = errors.Join(err, file.Chmod(0o640), file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err == nil {
		err = syncDir(dir)
	}
	return f.failed("write "+name, err)
}

// sweep removes what writers that died have left. What it cannot remove harms nobody.
func sweep(temp string) {
	entries, _ := os.ReadDir(temp)
	for _, e := range entries {
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > abandoned {
			_ = os.Remove(filepath.Join(temp, e.Name()))
		}
	}
}

// makeDirs makes a directory and what lies above it, and syncs the entry of each one that it made.
func makeDirs(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	parent := filepath.Dir(dir)
	if err := makeDirs(parent); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o750); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(parent)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Get reads a whole file.
func (f folder) Get(_ context.Context, name string) ([]byte, error) {
	data, err := os.ReadFile(f.path(name))
	return data, f.failed("read "+name, err)
}

// Has looks for a file.
func (f folder) Has(_ context.Context, name string) (bool, error) {
	_, err := os.Stat(f.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, f.failed("look for "+name, err)
}

// List walks the files below a prefix.
func (f folder) List(ctx context.Context, prefix string, yield func(string, int64) error) error {
	root := f.path(prefix)
	if _, err := os.Stat(root); errors.Is(err, fs.ErrNotExist) && prefix != "" {
		return nil
	}
	var stop error
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case e.IsDir() && e.Name() == writing:
			return fs.SkipDir
		case e.IsDir():
			return nil
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		name, err := filepath.Rel(f.dir, path)
		if err != nil {
			return err
		}
		stop = yield(filepath.ToSlash(name), info.Size())
		return stop
	})
	if stop != nil {
		return stop
	}
	return f.failed("list "+prefix, err)
}

// failed gives an error its class: what an operator must change first is permanent, a full disk is not.
func (f folder) failed(what string, err error) error {
	what = "archive in " + f.dir + ": " + what
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return sinks.Refused(what, ErrAbsent)
	case errors.Is(err, fs.ErrPermission):
		return sinks.Refused(what, err)
	}
	return sinks.Failed(what, err)
}
