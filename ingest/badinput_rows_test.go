package ingest

// badRow is one row of the table of bad inputs: what comes in, and the right answer. R refuses the request, Q accepts the
// rest of it and makes a dead letter of the event, A accepts.
type badRow struct{ input, answer string }

// badRows are the table, from row 1 on.
func badRows() []badRow {
	return []badRow{
		{"empty body", "R 400"},
		{"truncated JSON", "R 400"},
		{"`null`, `[]`, `\"x\"`, `1` at top level, or where an event should be", "R 400, Q"},
		{"two JSON values, or garbage after the value", "R 400"},
		{"body or event over the limit, with and without Content-Length", "R 413, reading stops at the limit"},
		{"nesting 33 and 10,001", "R 400"},
		{"duplicate member names", "R 400"},
		{"`\"ID\"` for `\"id\"`", "Q: the field is missing"},
		{"invalid UTF-8", "R 400"},
		{"half a surrogate pair", "Q"},
		{"NUL, control bytes in an id", "Q"},
		{"byte-order mark first", "R 400"},
		{"NaN, Infinity, 1e999", "R 400, Q"},
		{"price -1, -0; quantity 0, -1, 2^63", "Q; -0 is 0"},
		{"price with 17 digits, as text, as object; 1.0 for an integer", "Q, unless it is a decimal"},
		{"amount with no or unknown currency", "Q"},
		{"time missing", "clients Q, webhooks their own time"},
		{"time 1970, 0, negative", "Q"},
		{"time 5 min and 1 s ahead; year 2099, 9999", "Q"},
		{"time in another unit, without zone, at +14:00, of a leap second", "Q; offset and leap second A"},
		{"one event id twice in a batch", "first A, second duplicate"},
		{"one event id, other content", "A once, conflict counted"},
		{"event id missing, empty, of 10 KiB", "Q"},
		{"signature wrong, missing, malformed", "R 401, one answer for all"},
		{"right signature, body written anew", "R 401"},
		{"webhook replayed, old time", "R 401; a fresh repeat 200, counted once"},
		{"webhook for another shop under a valid key", "R 403"},
		{"write key unknown, revoked, missing, malformed, for another source or tenant", "R 401, 403"},
		{"right-to-left, zero width, homoglyph, emoji, NFD names", "A in normal form C"},
		{"SQL, templates, scripts in texts", "A as text"},
		{"CR/LF and ANSI escapes in user agent and campaign", "A, never in the log"},
		{"`=cmd()` at the start of a text", "A as text"},
		{"gzip bomb, gzip in gzip, wrong encoding, truncated gzip", "R 413, 415, 400"},
		{"slow headers, slow body, slow read", "closed at the timeout, others served"},
		{"more connections than allowed", "R 503, health stays alive"},
		{"Content-Length and Transfer-Encoding together, chunk size overflow", "R 400"},
		{"wrong method, path, content type; preflight of a foreign origin", "R 405, 404, 415, no allow header"},
		{"header of 100 KiB, 500 headers, URL of 64 KiB", "R 431, 414"},
		{"more events than a batch may have; one good among bad ones", "R 413; one A, the rest Q"},
		{"unknown type, version, fields, names", "Q; fields dropped and counted; names A as custom"},
		{"10,000 distinct event names and campaigns", "A, labels stay bounded"},
		{"order paid after refunded, refund above the total, shipment before the order", "A, the view of orders flags it"},
		{"bot, referrer spam", "A, marked"},
		{"personal data in free text", "A, masked before Kafka"},
		{"Kafka down during any of them", "R 503 with Retry-After"},
	}
}
