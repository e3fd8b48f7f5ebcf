package archive

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"tidemark/schemas"
)

// spansPrefix holds the manifests. Readers of the data pass over names that begin with an underscore.
const spansPrefix = "_spans/"

// partPrefix holds the manifests of one part; their names sort by offset.
func partPrefix(part uint64) string { return fmt.Sprintf("%s%016x/", spansPrefix, part) }

func manifestName(s *schemas.Span) string {
	return fmt.Sprintf("%s%013d-%013d.json", partPrefix(s.Part), s.First, s.Next)
}

// fileName is a file of a span. Both ends are in the name: a span that other cuts made never has the name of this one.
func fileName(s *schemas.Span, shop, day string) string {
	return fmt.Sprintf("family=%s/shop=%s/day=%s/%016x-%013d-%013d.parquet", s.Family, folderOf(shop), day, s.Part, s.First, s.Next)
}

// maxFolder keeps names within what file systems take.
const maxFolder = 120

// folderOf makes one path element of any shop id: letters, digits and -_. as they are, the rest as %XX. A long one is cut
// and ends with a digest. The manifest has the id itself.
func folderOf(shop string) string {
	var b strings.Builder
	for i := range len(shop) {
		c := shop[i]
		switch {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.' && i > 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	name := b.String()
	if len(name) <= maxFolder {
		return name
	}
	sum := sha256.Sum256([]byte(shop))
	return name[:maxFolder-17] + "~" + hex.EncodeToString(sum[:8])
}

// dayOf is the UTC day of an event's time, which is its own time or, if that lies ahead, the append time. Times before
// 1970 count as the first day.
func dayOf(occurred, appended schemas.Millis) string {
	return max(0, min(occurred, appended)).Time().Format("2006-01-02")
}
