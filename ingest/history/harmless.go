package history

import (
	"strconv"
	"strings"
)

// harmless marks with an apostrophe what a spreadsheet would take for a formula; numbers stay as they are. What begins
// with apostrophes before such a text gets one more, so that unmarked gives every cell back.
func harmless(cell string) string {
	if !formula(strings.TrimLeft(cell, "'")) {
		return cell
	}
	if cell[0] == '-' || cell[0] == '+' {
		if _, err := strconv.ParseFloat(strings.ReplaceAll(cell, ",", "."), 64); err == nil {
			return cell
		}
	}
	return "'" + cell
}

// unmarked undoes harmless.
func unmarked(cell string) string {
	if rest, marked := strings.CutPrefix(cell, "'"); marked && formula(strings.TrimLeft(rest, "'")) {
		return rest
	}
	return cell
}

func formula(text string) bool { return text != "" && strings.IndexByte("=+-@\t\r", text[0]) >= 0 }
