package embedded

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// LibraryEnv names the environment variable that points to libchdb.so.
const LibraryEnv = "TIDEMARK_CHDB_LIB"

const libraryFile = "libchdb.so"

// Library finds the engine's shared library: explicit if it is not empty, else the file that TIDEMARK_CHDB_LIB names, else
// what `make engine` installed in the working directory, the executable's directory or one above, else the file
// tidemark/engine/libchdb.so in the user's cache directory. The error says how to install it.
func Library(explicit string) (string, error) {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		return "", fmt.Errorf("the embedded ClickHouse engine runs on linux/amd64 (glibc) only, this is %s/%s: use a ClickHouse server instead", runtime.GOOS, runtime.GOARCH)
	}
	if explicit == "" {
		explicit = os.Getenv(LibraryEnv)
	}
	if explicit != "" {
		if !isFile(explicit) {
			return "", fmt.Errorf("the engine library %s does not exist: correct the flag or %s, or remove them and run `make engine`", explicit, LibraryEnv)
		}
		return explicit, nil
	}
	for _, path := range libraryPlaces() {
		if isFile(path) {
			return path, nil
		}
	}
	return "", errors.New("the embedded ClickHouse engine (libchdb.so, 566 MB) is not installed: run `make engine` in tidemark's source directory, or set " + LibraryEnv + " to the file")
}

// libraryPlaces lists where the library may be, the best first.
func libraryPlaces() []string {
	var starts, places []string
	if dir, err := os.Getwd(); err == nil {
		starts = append(starts, dir)
	}
	if exe, err := os.Executable(); err == nil {
		starts = append(starts, filepath.Dir(exe))
	}
	for _, dir := range starts {
		for parent := ""; dir != parent; parent, dir = dir, filepath.Dir(dir) {
			places = append(places, filepath.Join(dir, "deploy", "embedded", "engine", "node_modules", "@chdb", "lib-linux-x64-gnu", libraryFile))
		}
	}
	if dir, err := os.UserCacheDir(); err == nil {
		places = append(places, filepath.Join(dir, "tidemark", "engine", libraryFile))
	}
	return places
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
