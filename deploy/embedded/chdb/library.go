package chdb

import (
	"fmt"
	"os/signal"
	"syscall"
	"unsafe"

	"github.com/ebitengine/purego"
)

// Library is the loaded shared library. It stays loaded until the process ends.
type Library struct {
	connect        func(argc int32, argv unsafe.Pointer) unsafe.Pointer
	closeConn      func(conn unsafe.Pointer)
	query          func(conn, text unsafe.Pointer, textLen uintptr, format unsafe.Pointer, formatLen uintptr) unsafe.Pointer
	queryParams    func(conn, text unsafe.Pointer, textLen uintptr, format unsafe.Pointer, formatLen uintptr, names, nameLens, values, valueLens unsafe.Pointer, n uintptr) unsafe.Pointer
	destroyResult  func(res unsafe.Pointer)
	resultBuffer   func(res unsafe.Pointer) unsafe.Pointer
	resultLength   func(res unsafe.Pointer) uintptr
	resultError    func(res unsafe.Pointer) unsafe.Pointer
	elapsed        func(res unsafe.Pointer) float64
	rowsRead       func(res unsafe.Pointer) uint64
	bytesRead      func(res unsafe.Pointer) uint64
	scanRows       func(res unsafe.Pointer) uint64
	scanBytes      func(res unsafe.Pointer) uint64
	rowsWritten    func(res unsafe.Pointer) uint64
	bytesWritten   func(res unsafe.Pointer) uint64
	signalHandlers func(enabled int32)
}

// Load opens libchdb.so at path and takes two precautions for the whole process: SIGPIPE is ignored, because the
// engine writes to pipes on threads that Go does not know and the default action would end the process without
// a word; and the engine is told to install no signal handlers of its own, because Go needs its own ones.
// It fails when the file cannot be loaded or is another version of the library.
func Load(path string) (*Library, error) {
	signal.Ignore(syscall.SIGPIPE)
	lookup, err := openLibrary(path)
	if err != nil {
		return nil, fmt.Errorf("load engine library %s: %w", path, err)
	}
	l := &Library{}
	for name, fn := range l.symbols() {
		addr, err := lookup(name)
		if err != nil {
			return nil, fmt.Errorf("engine library %s: %w; it is another version, install the pinned one", path, err)
		}
		purego.RegisterFunc(fn, addr)
	}
	l.signalHandlers(0)
	return l, nil
}

func (l *Library) symbols() map[string]any {
	return map[string]any{
		"chdb_connect":                     &l.connect,
		"chdb_close_conn":                  &l.closeConn,
		"chdb_query_n":                     &l.query,
		"chdb_query_with_params_n":         &l.queryParams,
		"chdb_destroy_query_result":        &l.destroyResult,
		"chdb_result_buffer":               &l.resultBuffer,
		"chdb_result_length":               &l.resultLength,
		"chdb_result_error":                &l.resultError,
		"chdb_result_elapsed":              &l.elapsed,
		"chdb_result_rows_read":            &l.rowsRead,
		"chdb_result_bytes_read":           &l.bytesRead,
		"chdb_result_storage_rows_read":    &l.scanRows,
		"chdb_result_storage_bytes_read":   &l.scanBytes,
		"chdb_result_rows_written":         &l.rowsWritten,
		"chdb_result_bytes_written":        &l.bytesWritten,
		"chdb_set_signal_handlers_enabled": &l.signalHandlers,
	}
}
