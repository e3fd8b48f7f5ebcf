package schemas

// Types of service events.
const (
	TicketOpened    = "ticket_opened"
	TicketAnswered  = "ticket_answered"
	TicketSolved    = "ticket_solved"
	ReviewPosted    = "review_posted"
	DisputeOpened   = "dispute_opened"
	DisputeResolved = "dispute_resolved"
	OpsChange       = "ops_change" // release, price, coupon or risk-dial change, shown as an annotation
)

// Ticket is one event of the service family, keyed by ticket id.
type Ticket struct {
	Envelope
	TicketID     string `json:"ticket_id" ch:"String" class:"C2" doc:"Ticket, review, dispute or change id. Key of the partition."`
	Queue        string `json:"queue,omitempty" ch:"LowCardinality(String)" class:"C1" doc:"Service queue."`
	Reason       string `json:"reason,omitempty" ch:"LowCardinality(String)" class:"C1" doc:"Reason code; of an ops_change what was changed: release, price, coupon or dial."`
	Title        string `json:"title,omitempty" ch:"String" class:"C2" doc:"A line that says what it is about, masked; of an ops_change what people read on the boards."`
	OrderID      string `json:"order_id,omitempty" ch:"String" class:"C2" doc:"Order concerned."`
	SKU          string `json:"sku,omitempty" ch:"String" class:"C1" doc:"SKU concerned."`
	Category     string `json:"category,omitempty" ch:"String" class:"C1" doc:"Category concerned."`
	Carrier      string `json:"carrier,omitempty" ch:"LowCardinality(String)" class:"C1" doc:"Carrier concerned."`
	Score        int64  `json:"score,omitempty" ch:"Int64" class:"C1" doc:"Review stars or satisfaction, 1 to 5; 0 where none."`
	OpenedAt     Millis `json:"opened_at,omitempty" ch:"DateTime64(3, 'UTC')" class:"C1" doc:"When the ticket was opened; 0 where unknown."`
	FirstReplyAt Millis `json:"first_reply_at,omitempty" ch:"DateTime64(3, 'UTC')" class:"C1" doc:"First reply; 0 where none."`
	DueAt        Millis `json:"due_at,omitempty" ch:"DateTime64(3, 'UTC')" class:"C1" doc:"When an answer is due; 0 where unknown."`
}
