package sim

import (
	"fmt"
	"strings"
	"time"

	"tidemark/deploy/demo/truth"
)

// browse is one round of looking around.
func (v *visit) browse() {
	v.wait(6 * time.Second)
	switch {
	case v.chance(0.15):
		v.search()
	case v.chance(0.2):
		v.home()
	case v.chance(0.4):
		v.list()
	}
	if v.chance(0.75) {
		v.wait(4 * time.Second)
		v.product(v.anyProduct())
	}
}

// home shows the promotions of the day, of which the visitor may click one.
func (v *visit) home() {
	v.page("/", "Home")
	for slot := range 1 + v.rng.IntN(3) {
		promo := props{
			"promotion_id": fmt.Sprintf("banner-%d", 1+v.rng.IntN(4)), "impression_id": fmt.Sprintf("i-%s-%d", v.id, slot),
			"name": "spring-sale", "creative": fmt.Sprintf("spring-%c", 'a'+v.rng.IntN(3)), "position": fmt.Sprintf("home-%d", slot+1),
		}
		v.clock += 50 * time.Millisecond
		v.track("Promotion Viewed", promo, truth.Add{Measure: truth.Shown, N: 1})
		if v.chance(0.12) {
			v.wait(2 * time.Second)
			v.track("Promotion Clicked", promo, truth.Add{Measure: truth.Clicked, N: 1})
			v.list()
			return
		}
	}
}

// crawl is a search engine's robot, which reads products and buys nothing.
func (v *visit) crawl() {
	v.robot, v.visitor = true, "crawler-"+v.id
	v.context["userAgent"] = "Mozilla/5.0 (compatible; tidemark-sim-bot/1.0)"
	for range 3 + v.rng.IntN(10) {
		p := v.anyProduct()
		v.page("/p/"+p.ID, p.Name)
		v.wait(2 * time.Second)
	}
}

func (v *visit) list() {
	category := v.anyProduct().Category
	v.page("/c/"+strings.ToLower(category), category)
	v.track("Product List Viewed", props{"list_id": category, "category": category})
}

func (v *visit) search() {
	word := strings.Fields(v.anyProduct().Name)[0]
	v.page("/search", "Search")
	v.track("Products Searched", props{"query": word})
}

func (v *visit) anyProduct() *Product {
	// The square makes the first products the popular ones.
	at := v.rng.Float64()
	return &v.shop.Products[int(at*at*float64(len(v.shop.Products)))]
}

// product looks at a product and may put it into the cart.
func (v *visit) product(p *Product) {
	v.track("Product Clicked", v.describe(p, 1))
	v.clock += 200 * time.Millisecond
	v.page("/p/"+p.ID, p.Name)
	v.track("Product Viewed", v.describe(p, 1))
	switch {
	case v.chance(0.22):
		v.wait(8 * time.Second)
		l := line{product: p, quantity: 1 + int64(v.rng.IntN(2))}
		v.cart = append(v.cart, l)
		v.track("Product Added", v.describe(p, l.quantity))
	case v.chance(0.05):
		v.track("Product Added to Wishlist", v.describe(p, 1))
	}
}

func (v *visit) describe(p *Product, quantity int64) props {
	return props{
		"product_id": p.ID, "sku": p.SKU, "name": p.Name, "category": p.Category, "brand": p.Brand,
		"price": amount(p.Cents), "quantity": quantity, "currency": v.shop.Currency, "cart_id": "cart-" + v.id,
	}
}
