package schemas

// Item is one line of a cart or an order.
type Item struct {
	ProductID string `json:"product_id,omitempty" ch:"String" class:"C1" doc:"Product id of the shop."`
	SKU       string `json:"sku,omitempty" ch:"String" class:"C1" doc:"Stock keeping unit."`
	Name      string `json:"name,omitempty" ch:"String" class:"C1" doc:"Product name as shown."`
	Category  string `json:"category,omitempty" ch:"String" class:"C1" doc:"Category path."`
	Brand     string `json:"brand,omitempty" ch:"String" class:"C1" doc:"Brand."`
	Variant   string `json:"variant,omitempty" ch:"String" class:"C1" doc:"Colour, size and the like."`
	Coupon    string `json:"coupon,omitempty" ch:"String" class:"C1" doc:"Coupon code used on the line."`
	Price     Money  `json:"price,omitempty" ch:"Decimal(38, 6)" class:"C1" doc:"Unit price in the event's currency."`
	Quantity  int64  `json:"quantity,omitempty" ch:"Int64" class:"C1" doc:"Units."`
}
