package preview

import (
	"errors"
	"strings"
)

// quoteSQL writes a string of ClickHouse's SQL.
func quoteSQL(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}

// splitArguments cuts "(a, b(c, d)) rest" into its top-level arguments and the rest. Brackets and commas within quotes
// do not count.
func splitArguments(s string) (args []string, rest string, err error) {
	if !strings.HasPrefix(s, "(") {
		return nil, "", errors.New("no bracket")
	}
	depth, begin := 0, 1
	var quote byte
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0:
			if c == '\\' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"' || c == '`':
			quote = c
		case c == '(' || c == '[':
			depth++
		case c == ',' && depth == 1:
			args, begin = append(args, s[begin:i]), i+1
		case c == ')' || c == ']':
			if depth--; depth == 0 {
				return append(args, s[begin:i]), s[i+1:], nil
			}
		}
	}
	return nil, "", errors.New("a bracket is not closed")
}
