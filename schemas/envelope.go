package schemas

// Envelope holds what every event of every family carries. It is embedded, so its fields stand at the top level
// of the JSON object.
type Envelope struct {
	EventID    string `json:"event_id" ch:"String" class:"C1" doc:"Identity of the event within its partition; copies carry the same id. At most 200 bytes."`
	Type       string `json:"type" ch:"LowCardinality(String)" class:"C1" doc:"What happened; the vocabulary of the family."`
	OccurredAt Millis `json:"occurred_at" ch:"DateTime64(3, 'UTC')" class:"C1" doc:"When it happened by the sender's clock, corrected only for a skew above 10 s."`
	ReceivedAt Millis `json:"received_at" ch:"DateTime64(3, 'UTC')" class:"C1" doc:"When the collector received it; retention counts from here."`
	SentAt     Millis `json:"sent_at,omitempty" ch:"DateTime64(3, 'UTC')" class:"C1" doc:"When the sender sent it, by the sender's clock; 0 where unknown."`
	OriginalAt Millis `json:"original_at,omitempty" ch:"DateTime64(3, 'UTC')" class:"C1" doc:"The sender's uncorrected time of the event; 0 where unknown."`
	Shop       string `json:"shop" ch:"LowCardinality(String)" class:"C1" doc:"Shop id of shops.yaml."`
	Market     string `json:"market,omitempty" ch:"LowCardinality(String)" class:"C1" doc:"Market of the shop, for example cn or de."`
	Source     string `json:"source" ch:"LowCardinality(String)" class:"C1" doc:"Sender of the event, for example segment, ndjson, shopify."`
}

// Env returns the envelope; it gives generic code access to the common fields.
func (e *Envelope) Env() *Envelope { return e }
