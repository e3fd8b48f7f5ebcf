package schemas

// Types of marketing events.
const (
	MarketingSpend     = "spend"     // an ad platform's figures for one campaign and period, restated later
	MarketingPromotion = "promotion" // a promotion starts, changes or ends
	MarketingCoupon    = "coupon"    // coupons issued or a budget set
)

// Spend is one event of the marketing family, keyed by campaign.
type Spend struct {
	Envelope
	Platform    string `json:"platform,omitempty" ch:"LowCardinality(String)" class:"C1" doc:"Ad platform."`
	Channel     string `json:"channel,omitempty" ch:"LowCardinality(String)" class:"C1" doc:"Channel group."`
	Campaign    string `json:"campaign" ch:"String" class:"C1" doc:"Campaign name. Key of the partition."`
	Creative    string `json:"creative,omitempty" ch:"String" class:"C1" doc:"Creative."`
	PeriodStart Millis `json:"period_start,omitempty" ch:"DateTime64(3, 'UTC')" class:"C1" doc:"Start of the period that the figures cover."`
	PeriodEnd   Millis `json:"period_end,omitempty" ch:"DateTime64(3, 'UTC')" class:"C1" doc:"End of that period, exclusive."`
	AsOf        Millis `json:"as_of,omitempty" ch:"DateTime64(3, 'UTC')" class:"C1" doc:"When the platform made these figures; later ones replace earlier ones of the same campaign, creative and period. 0: when received."`
	Amount      Money  `json:"amount,omitempty" ch:"Decimal(38, 6)" class:"C2" doc:"Spend or budget, in Currency."`
	Currency    string `json:"currency,omitempty" ch:"LowCardinality(String)" class:"C1" doc:"ISO 4217 code of Amount."`
	Impressions int64  `json:"impressions,omitempty" ch:"Int64" class:"C1" doc:"Impressions, as the platform reports them."`
	Clicks      int64  `json:"clicks,omitempty" ch:"Int64" class:"C1" doc:"Clicks, as the platform reports them."`
	Conversions int64  `json:"conversions,omitempty" ch:"Int64" class:"C1" doc:"Conversions, as the platform reports them."`
	Attributed  Money  `json:"attributed,omitempty" ch:"Decimal(38, 6)" class:"C1" doc:"Revenue that the platform ascribes to the campaign, in Currency."`
	Reporting   string `json:"reporting_currency,omitempty" ch:"LowCardinality(String)" class:"C1" doc:"The shop's reporting currency, where a rate is known."`
	InReporting Money  `json:"reporting_amount,omitempty" ch:"Decimal(38, 6)" class:"C2" doc:"Amount in the reporting currency, at the rate of the period's first day."`
	Phase       string `json:"phase,omitempty" ch:"LowCardinality(String)" class:"C1" doc:"Phase of a promotion, for example preheat, deposit, balance or return."`
	Issued      int64  `json:"issued,omitempty" ch:"Int64" class:"C1" doc:"Coupons issued so far."`
	Promotion   string `json:"promotion,omitempty" ch:"String" class:"C1" doc:"Promotion id."`
	Coupon      string `json:"coupon,omitempty" ch:"String" class:"C1" doc:"Coupon code."`
	Final       bool   `json:"final,omitempty" ch:"Bool" class:"C1" doc:"The platform restates these figures no more."`
}
