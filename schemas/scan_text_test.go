package schemas

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// slowPlainText is plainText one byte at a time.
func slowPlainText(b []byte, p int) int {
	for end := p; end < len(b); end++ {
		switch c := b[end]; {
		case c == '"':
			if utf8.Valid(b[p:end]) {
				return end
			}
			return -1
		case c == '\\' || c < 0x20:
			return -1
		}
	}
	return -1
}

// Words of eight bytes have edges: every byte value at every place of texts of every length around them, ended by a
// quote at once, later, or never.
func TestPlainTextAtEveryPlace(t *testing.T) {
	for n := range 20 {
		for i := range n {
			for c := range 256 {
				text := []byte(strings.Repeat("a", n))
				text[i] = byte(c)
				for _, tail := range []string{"", `"`, `",`, `","next":"x"`} {
					b := append([]byte(`"`), append(text, tail...)...)
					if got, want := plainText(b, 1), slowPlainText(b, 1); got != want {
						t.Fatalf("plainText(%q) = %d, want %d", b, got, want)
					}
				}
			}
		}
	}
}

// The same with two odd bytes, whose marks might disturb each other within a word.
func TestPlainTextWithTwoOddBytes(t *testing.T) {
	odd := []byte{0, 1, 0x1f, ' ', '!', '"', '#', '[', '\\', ']', 0x7f, 0x80, 0xa2, 0xdc, 0xc3, 0xa9, 0xff}
	for i := range 10 {
		for j := i + 1; j < 12; j++ {
			for _, x := range odd {
				for _, y := range odd {
					b := []byte(`"aaaaaaaaaaaaaa"`)
					b[i+1], b[j+1] = x, y
					if got, want := plainText(b, 1), slowPlainText(b, 1); got != want {
						t.Fatalf("plainText(%q) = %d, want %d", b, got, want)
					}
				}
			}
		}
	}
}

func TestPlainTextWide(t *testing.T) {
	for _, text := range []string{"é", "跑步鞋", "😀😀😀", "12345678é", "é12345678", strings.Repeat("字", 50), "a\u2028b", "\ufeff"} {
		b := []byte(text + `" tail`)
		if got := plainText(b, 0); got != len(text) {
			t.Errorf("plainText(%q) = %d, want %d", b, got, len(text))
		}
		for cut := range text { // cut within a rune: never valid
			if broken := append([]byte(text[:cut]), text[cut+1:]+`"`...); plainText(broken, 0) != slowPlainText(broken, 0) {
				t.Errorf("plainText(%q) = %d, want %d", broken, plainText(broken, 0), slowPlainText(broken, 0))
			}
		}
	}
}

func TestPlainPrefix(t *testing.T) {
	for n := range 20 {
		for i := range n {
			for _, c := range []byte{0, 0x1f, '"', '\\', 0x80, 0xff} {
				text := []byte(strings.Repeat("a", n))
				text[i] = c
				if got := plainPrefix(string(text), 0); got != i {
					t.Fatalf("plainPrefix(%q) = %d, want %d", text, got, i)
				}
				if got := plainPrefix(string(text), i+1); got != n {
					t.Fatalf("plainPrefix(%q) behind %d = %d, want %d", text, i, got, n)
				}
			}
		}
	}
}

func TestSpaceAndColon(t *testing.T) {
	for in, want := range map[string]int{"": 0, "x": 0, " \n\t\rx": 4, "\v": 0, "\x00": 0, "   ": 3, "\u00a0": 0} {
		if got := space([]byte(in), 0); got != want {
			t.Errorf("space(%q) = %d, want %d", in, got, want)
		}
	}
	for in, want := range map[string]int{":1": 1, " : 1": 3, ":": 1, "": 0, "1": 1, " ;1": 3, "::": 1} {
		if got := colon([]byte(in), 0); got != want {
			t.Errorf("colon(%q) = %d, want %d", in, got, want)
		}
	}
}

func TestDepthExceeded(t *testing.T) {
	deep := strings.Repeat("[", maxDepth)
	for in, want := range map[string]int{
		"": -1, deep: -1, deep + "[": maxDepth, deep + "]]" + "[[": -1, deep + "{": maxDepth, `"` + deep + `[["`: -1,
		`"\"` + deep + `[["`: -1, `"\\"` + deep + "[": 4 + maxDepth, `"\`: -1, strings.Repeat("[]", 100): -1,
	} {
		if got := depthExceeded([]byte(in)); got != want {
			t.Errorf("depthExceeded(%q) = %d, want %d", in, got, want)
		}
	}
}
