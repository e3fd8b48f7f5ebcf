package wire

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"tidemark/processors/metrics"
)

func TestDocs(t *testing.T) {
	docs, err := Docs(metrics.All())
	if err != nil {
		t.Fatal(err)
	}
	get := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		docs.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w
	}
	address, err := url.Parse(RunbookAt("http://127.0.0.1:8080/")("paid_orders_fall"))
	if err != nil || address.Host != "127.0.0.1:8080" {
		t.Fatalf("%v %v", address, err)
	}
	runbook := get(address.Path)
	text := runbook.Body.String()
	for _, want := range []string{"<title>paid_orders_fall: Paid orders fall (支付订单下跌)</title>", "<td>", "Place a test order", "用每种支付方式下测试单"} {
		if runbook.Code != http.StatusOK || !strings.Contains(text, want) {
			t.Errorf("the runbook (%d) lacks %q", runbook.Code, want)
		}
	}
	if strings.Contains(text, "tidemark.example") || strings.Contains(text, "Grafana en") {
		t.Error("the runbook links to places that are not here")
	}
	links := regexp.MustCompile(`href="([^"]+\.md)[#"]`).FindAllStringSubmatch(text, -1)
	if len(links) == 0 {
		t.Error("the runbook does not link to its metric")
	}
	for _, l := range links {
		to, err := address.Parse(l[1])
		if err != nil || get(to.Path).Code != http.StatusOK {
			t.Errorf("%s leads nowhere: %v", l[1], err)
		}
	}
	if code := get("/docs/architecture.md").Code; code != http.StatusNotFound {
		t.Errorf("a page that is not generated: %d", code)
	}
}
