package schemas

// Types of inventory events.
const (
	StockLevel   = "stock_level"   // units on hand, counted
	StockOrdered = "stock_ordered" // ordered from a supplier
	StockReceipt = "stock_receipt" // a supplier's delivery
	PriceChange  = "price_change"
)

// Stock is one event of the inventory family, keyed by warehouse and SKU.
type Stock struct {
	Envelope
	Warehouse string `json:"warehouse" ch:"LowCardinality(String)" class:"C1" doc:"Warehouse."`
	SKU       string `json:"sku" ch:"String" class:"C1" doc:"Stock keeping unit."`
	SKUClass  string `json:"sku_class,omitempty" ch:"LowCardinality(String)" class:"C1" doc:"Class of the SKU, for example A, B or C."`
	OnHand    int64  `json:"on_hand,omitempty" ch:"Int64" class:"C1" doc:"Units on hand."`
	InTransit int64  `json:"in_transit,omitempty" ch:"Int64" class:"C1" doc:"Units on their way in."`
	Reserved  int64  `json:"reserved,omitempty" ch:"Int64" class:"C1" doc:"Units promised to orders."`
	Safety    int64  `json:"safety,omitempty" ch:"Int64" class:"C1" doc:"Safety stock, units."`
	LeadDays  int64  `json:"lead_days,omitempty" ch:"Int64" class:"C1" doc:"Supplier's lead time, days."`
	Ordered   int64  `json:"ordered,omitempty" ch:"Int64" class:"C1" doc:"Units ordered from the supplier."`
	Received  int64  `json:"received,omitempty" ch:"Int64" class:"C1" doc:"Units delivered."`
	Rejected  int64  `json:"rejected,omitempty" ch:"Int64" class:"C1" doc:"Units of a delivery that failed inspection."`
	DueAt     Millis `json:"due_at,omitempty" ch:"DateTime64(3, 'UTC')" class:"C1" doc:"When the supplier's delivery is or was due; 0 where unknown."`
	Supplier  string `json:"supplier,omitempty" ch:"String" class:"C2" doc:"Supplier id."`
	Price     Money  `json:"price,omitempty" ch:"Decimal(38, 6)" class:"C1" doc:"Selling price after a price change, in Currency."`
	UnitCost  Money  `json:"unit_cost,omitempty" ch:"Decimal(38, 6)" class:"C2" doc:"Cost of one unit, in Currency."`
	Currency  string `json:"currency,omitempty" ch:"LowCardinality(String)" class:"C1" doc:"ISO 4217 code of Price and UnitCost."`
}
