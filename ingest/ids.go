package ingest

import "tidemark/schemas"

// stableID is the id of what several senders may report each in its own words.
func stableID(parts ...string) string { return schemas.StableID(parts...) }
