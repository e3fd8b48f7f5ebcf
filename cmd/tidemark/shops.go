package main

import (
	"github.com/rs/zerolog"

	"tidemark/deploy/wire"
)

// openShops reads a shops file; what is wrong with it is the caller's to mend.
func openShops(path string, log zerolog.Logger) (*wire.LiveShops, error) {
	if path == "" {
		return nil, usagef("no shops file is named: give --shops shops.yaml or set TIDEMARK_SHOPS")
	}
	shops, err := wire.OpenShops(path, log)
	if err != nil {
		return nil, usage{err}
	}
	return shops, nil
}
