package ingest

import "strings"

// Page types.
const (
	pageHome     = "home"
	pageList     = "list"
	pageProduct  = "product"
	pageSearch   = "search"
	pageCart     = "cart"
	pageCheckout = "checkout"
	pageContent  = "content"
	pageOther    = "other"
)

// pageTypeOf classes a page by the category its sender gives, else by its path; empty where neither is known.
func pageTypeOf(path, category string) string {
	if t := pageWord(strings.ToLower(category)); t != "" {
		return t
	}
	switch path {
	case "":
		return ""
	case "/":
		return pageHome
	}
	return pathType(strings.Trim(strings.ToLower(path), "/"))
}

// pathType lets the last known word win, so that /collections/mugs/products/blue is a product. A product word with
// nothing after it names the list of products; a lone language prefix is the home page.
func pathType(path string) string {
	found := pageOther
	for rest, more := path, true; more; {
		var s string
		s, rest, more = strings.Cut(rest, "/")
		t := pageWord(s)
		if t == pageProduct && !more {
			t = pageList
		}
		if t != "" {
			found = t
		}
	}
	if found == pageOther && isLanguage(path) && !strings.Contains(path, "/") {
		return pageHome
	}
	return found
}

func pageWord(s string) string {
	switch s {
	case "home", "index", "index.html":
		return pageHome
	case "list", "collection", "collections", "category", "categories", "c", "catalog", "shop":
		return pageList
	case "product", "products", "p", "item", "items", "dp":
		return pageProduct
	case "search", "s":
		return pageSearch
	case "cart", "basket", "bag":
		return pageCart
	case "checkout", "checkouts", "payment":
		return pageCheckout
	case "content", "blog", "blogs", "pages", "article", "news", "about", "help", "faq":
		return pageContent
	case "other":
		return pageOther
	}
	return ""
}

func isLanguage(s string) bool {
	return len(s) == 2 || len(s) == 5 && (s[2] == '-' || s[2] == '_')
}
