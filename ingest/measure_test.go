package ingest

import (
	"testing"

	"tidemark/schemas"
)

// What the browser snippet measures, in the fields that the metrics read.
func TestSnippetEvents(t *testing.T) {
	for _, row := range []struct {
		event, properties string
		want              schemas.Click
	}{
		{"Element Clicked", `"region":"header"`, schemas.Click{Envelope: schemas.Envelope{Type: schemas.ClickElement}, Region: "header"}},
		{"Web Vitals", `"load_ms":1200,"lcp_ms":812.6,"inp_ms":0,"cls":0.1234`,
			schemas.Click{Envelope: schemas.Envelope{Type: schemas.ClickWebVitals}, LoadMS: 1200, LCPMS: 813, CLSMilli: 123}},
		{"Web Vitals", `"cls":0`, schemas.Click{Envelope: schemas.Envelope{Type: schemas.ClickWebVitals}}},
		{"JS Error", `"message":"no jo@mail.example, no +49 151 1234567890"`,
			schemas.Click{Envelope: schemas.Envelope{Type: schemas.ClickJSError}, Name: "no [email], no [number]"}},
		{"Page Engaged", `"engaged_ms":30000`, schemas.Click{Envelope: schemas.Envelope{Type: schemas.ClickEngagement}, EngagedMS: 30_000}},
		{"Page Engaged", `"engaged_ms":3600000`, schemas.Click{Envelope: schemas.Envelope{Type: schemas.ClickEngagement}, EngagedMS: 3_600_000}},
		// The same names from senders that mean something else.
		{"Element Clicked", `"selector":"#buy"`, schemas.Click{Envelope: schemas.Envelope{Type: schemas.ClickCustom}, Name: "Element Clicked"}},
		{"Web Vitals", `"metric":"LCP"`, schemas.Click{Envelope: schemas.Envelope{Type: schemas.ClickCustom}, Name: "Web Vitals"}},
		{"JS Error", ``, schemas.Click{Envelope: schemas.Envelope{Type: schemas.ClickCustom}, Name: "JS Error"}},
		{"Page Engaged", `"engaged_ms":null`, schemas.Click{Envelope: schemas.Envelope{Type: schemas.ClickCustom}, Name: "Page Engaged"}},
		{"Slider Moved", `"lcp_ms":"far","engaged_ms":-1`, schemas.Click{Envelope: schemas.Envelope{Type: schemas.ClickCustom}, Name: "Slider Moved"}},
	} {
		t.Run(row.event+" "+row.properties, func(t *testing.T) {
			f := newFixture(t, nil)
			f.must(200, "/v1/track", publicKey, product(row.event, row.properties))
			c := f.click()
			got := schemas.Click{Envelope: schemas.Envelope{Type: c.Type}, Name: c.Name, Region: c.Region, LoadMS: c.LoadMS, LCPMS: c.LCPMS,
				INPMS: c.INPMS, CLSMilli: c.CLSMilli, EngagedMS: c.EngagedMS}
			if got.Type != row.want.Type || got.Name != row.want.Name || got.Region != row.want.Region || got.LoadMS != row.want.LoadMS ||
				got.LCPMS != row.want.LCPMS || got.INPMS != row.want.INPMS || got.CLSMilli != row.want.CLSMilli || got.EngagedMS != row.want.EngagedMS {
				t.Errorf("got %+v, want %+v", got, row.want)
			}
		})
	}
}

func TestSnippetMeasuresOutOfRange(t *testing.T) {
	for event, all := range map[string][]string{
		"Page Engaged": {`"engaged_ms":-1`, `"engaged_ms":3600001`, `"engaged_ms":"30000"`, `"engaged_ms":1e999`, `"engaged_ms":true`},
		"Web Vitals":   {`"lcp_ms":-0.5`, `"load_ms":600001`, `"inp_ms":1e300`, `"cls":100.1`, `"cls":-1`, `"cls":[0]`, `"lcp_ms":1,"cls":{}`},
	} {
		for _, properties := range all {
			f := newFixture(t, nil)
			f.must(200, "/v1/track", publicKey, product(event, properties))
			if l := f.letters(); len(l) != 1 || l[0].Kind != KindBadAmount || len(f.clicks()) != 0 {
				t.Errorf("%s %s: dead letters %+v, clicks %+v", event, properties, l, f.clicks())
			}
		}
	}
}

func TestAdNetwork(t *testing.T) {
	for name, want := range map[string]string{"google": "google", "oceanengine": "oceanengine", "Cj0KCQ-a-click-id": "", "": ""} {
		f := newFixture(t, nil)
		f.must(200, "/v1/page", publicKey, `{"anonymousId":"a","context":{"ad_network":"`+name+`"}}`)
		if c := f.click(); c.AdNetwork != want {
			t.Errorf("%q: %q, want %q", name, c.AdNetwork, want)
		}
	}
}
