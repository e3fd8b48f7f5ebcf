package sim

import (
	"fmt"
	"math/rand/v2"
	"time"

	"tidemark/deploy/demo/truth"
)

// visit is the plan of one visit in the making. Methods append what the visitor does next.
type visit struct {
	shop    *Shop
	rng     *rand.Rand
	id      string // prefix of everything that the visit names
	clock   time.Duration
	visitor string
	user    string
	robot   bool
	from    campaign
	context props
	cart    []line
	events  []event
}

type line struct {
	product  *Product
	quantity int64
}

// planVisit plans the n-th visit of a run. It is a pure function of its arguments.
func planVisit(shops []Shop, seed uint64, run int, n uint64) (*Shop, []event) {
	rng := rand.New(rand.NewPCG(seed^uint64(run)<<48, n))
	v := &visit{shop: pickShop(shops, rng), rng: rng, id: fmt.Sprintf("%x-%d-%d", seed, run, n)}
	v.arrive()
	if v.chance(0.02) {
		v.crawl()
		return v.shop, v.events
	}
	v.land()
	if v.chance(0.38) {
		return v.shop, v.events // bounced
	}
	for range 1 + v.rng.IntN(5) {
		v.browse()
	}
	if len(v.cart) > 0 {
		v.checkout()
	}
	return v.shop, v.events
}

func pickShop(shops []Shop, rng *rand.Rand) *Shop {
	at := rng.Float64()
	for i := range shops {
		if at -= shops[i].Share; at < 0 {
			return &shops[i]
		}
	}
	return &shops[len(shops)-1]
}

func (v *visit) chance(p float64) bool { return v.rng.Float64() < p }

// wait lets time pass: the pauses of people are many short ones and some long ones.
func (v *visit) wait(mean time.Duration) {
	v.clock += 300*time.Millisecond + time.Duration(min(v.rng.ExpFloat64(), 8)*float64(mean))
}

// arrive decides who comes, with what device, and through which campaign.
func (v *visit) arrive() {
	v.visitor = "v-" + v.id
	if v.chance(0.2) {
		v.visitor = fmt.Sprintf("regular-%s-%d", v.shop.ID, v.rng.IntN(5000))
	}
	agents := []string{
		"Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/141.0 Mobile Safari/537.36",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36",
		"Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1",
	}
	v.context = props{
		"locale":    v.shop.Locale,
		"userAgent": agents[[]int{0, 0, 0, 1, 1, 2, 2, 2, 2, 3}[v.rng.IntN(10)]],
		"page":      props{"url": v.shop.Host + "/", "path": "/"},
		"library":   props{"name": "tidemark-sim", "version": "1"},
	}
	v.from = v.pickCampaign()
	if v.from.source != "" {
		v.context["campaign"] = props{"source": v.from.source, "medium": v.from.medium, "name": v.from.name}
	}
}

func (v *visit) pickCampaign() campaign {
	all := campaigns()
	at := v.rng.Float64() * 100
	for _, c := range all {
		if at -= c.weight; at < 0 {
			return c
		}
	}
	return all[0]
}

// land opens the first page.
func (v *visit) land() {
	switch {
	case v.chance(0.55):
		v.home()
	case v.chance(0.5):
		v.list()
	default:
		v.product(v.anyProduct())
	}
	if v.chance(0.15) {
		v.user = "u-" + v.visitor
		v.add(browser, props{"type": "identify", "traits": props{"member": true}})
	}
}

// add appends an event that happens now.
func (v *visit) add(w way, body props, adds ...truth.Add) *event {
	e := event{id: fmt.Sprintf("%s-%d", v.id, len(v.events)), after: v.clock, way: w, body: body, adds: adds}
	if w == native {
		body["event_id"] = e.id
	} else {
		body["messageId"], body["anonymousId"], body["context"] = e.id, v.visitor, v.context
		if v.user != "" {
			body["userId"] = v.user
		}
	}
	v.disturb(&e)
	v.events = append(v.events, e)
	return &v.events[len(v.events)-1]
}

func (v *visit) page(path, title string) {
	whose := truth.Views
	if v.robot {
		whose = truth.Robots
	}
	v.add(browser, props{"type": "page", "name": title, "properties": props{
		"path": path, "url": v.shop.Host + path, "title": title,
	}}, truth.Add{Measure: whose, N: 1})
}

func (v *visit) track(name string, p props, adds ...truth.Add) *event {
	return v.add(browser, props{"type": "track", "event": name, "properties": p}, adds...)
}
