package webhook

import (
	"cmp"
	"strconv"
	"strings"

	"tidemark/schemas"
)

const (
	sourceStripe = "stripe"
	// stripeTolerance is how far the signed time may be from ours, either way, as Stripe's own libraries have it.
	stripeTolerance schemas.Millis = 300_000
)

// stripe reads Stripe's payment events. The header Stripe-Signature holds t, Unix seconds, and one v1 for each secret in
// use: the HMAC-SHA256, in hexadecimal digits, of t, a dot and the body (docs.stripe.com/webhooks).
func stripe() Provider {
	return Provider{
		Name: sourceStripe, Media: jsonMedia(), Limit: smallBody, Answer: Success{true},
		scheme: scheme{
			claims: func(r *Request) [][]byte { return stripeSignature(r.Header.Get("Stripe-Signature")).v1 },
			mac: func(r *Request, secret string) []byte {
				return hmacSHA256(secret, []byte(stripeSignature(r.Header.Get("Stripe-Signature")).t+"."), r.Body)
			},
			fresh: func(r *Request) bool {
				seconds, err := strconv.ParseInt(stripeSignature(r.Header.Get("Stripe-Signature")).t, 10, 48)
				at := schemas.Millis(seconds) * 1000
				return err == nil && at >= r.Received-stripeTolerance && at <= r.Received+stripeTolerance
			},
		},
		read: readStripe,
	}
}

// signature is a Stripe-Signature header taken apart.
type signature struct {
	t  string
	v1 [][]byte
}

// stripeSignature reads the header. Parts that are malformed, and other schemes than v1, are left away; of several times
// the last one counts.
func stripeSignature(header string) (s signature) {
	for part := range strings.SplitSeq(header, ",") {
		switch name, value, _ := strings.Cut(strings.TrimSpace(part), "="); name {
		case "t":
			s.t = value
		case "v1":
			s.v1 = append(s.v1, hexClaim(value)...)
		}
	}
	return s
}

type stripeEvent struct {
	ID       text   `json:"id"`
	Type     text   `json:"type"`
	Created  *int64 `json:"created"` // Unix seconds
	LiveMode *bool  `json:"livemode"`
	Data     struct {
		Object stripeIntent `json:"object"`
	} `json:"data"`
}

// stripeIntent is a PaymentIntent.
type stripeIntent struct {
	ID       text   `json:"id"`
	Amount   int64  `json:"amount"` // in the currency's smallest unit
	Received *int64 `json:"amount_received"`
	Currency text   `json:"currency"`
	Metadata struct {
		OrderID text `json:"order_id"`
	} `json:"metadata"`
	Methods []text `json:"payment_method_types"`
	Failure struct {
		Code    text `json:"code"`
		Decline text `json:"decline_code"`
		Method  struct {
			Type text `json:"type"`
		} `json:"payment_method"`
	} `json:"last_payment_error"`
}

// readStripe maps the two outcomes of a payment. What is on its way, and what happens to charges, is passed over:
// refunds are told by the shop system, which knows what for.
func readStripe(r *Request) (Delivery, *Fault) {
	var d Delivery
	// First the type alone: objects of other kinds may have other members of these names.
	kind, f := decode[struct {
		Type text `json:"type"`
	}](r.Body)
	switch {
	case f != nil:
		return d, f
	case kind.Type == "payment_intent.succeeded", kind.Type == "payment_intent.payment_failed":
	case strings.HasPrefix(string(kind.Type), "payment_intent."), strings.HasPrefix(string(kind.Type), "charge."):
		return d, nil
	default:
		return d, &Fault{UnknownTopic, "type is none of payment_intent and charge"}
	}
	event, f := decode[stripeEvent](r.Body)
	if f != nil {
		return d, f
	}
	o, f := event.order(r)
	if f != nil {
		return d, f
	}
	d.Orders = []*schemas.Order{o}
	d.Test = event.LiveMode != nil && !*event.LiveMode
	return d, nil
}

// order makes the attempt's event. An intent succeeds once, and may fail many times. Without metadata.order_id the
// attempt stands for itself, under the intent's id.
func (e *stripeEvent) order(r *Request) (*schemas.Order, *Fault) {
	var b blame
	intent := &e.Data.Object
	orderID := cmp.Or(string(intent.Metadata.OrderID), b.id("id of the payment intent", intent.ID))
	at := r.Received
	if e.Created != nil {
		at = unixSeconds(*e.Created)
	}
	o := schemas.Order{OrderID: orderID, Currency: strings.ToUpper(string(intent.Currency))}
	minor := intent.Amount
	if e.Type == "payment_intent.succeeded" {
		o.Envelope = r.envelope(sourceStripe, schemas.OrderPaymentOK, schemas.StableID(r.Shop, sourceStripe, orderID, schemas.OrderPaymentOK, string(intent.ID)), at)
		if intent.Received != nil {
			minor = *intent.Received
		}
		if len(intent.Methods) == 1 { // of several it does not say which was used
			o.PaymentMethod = string(intent.Methods[0])
		}
	} else {
		o.Envelope = r.envelope(sourceStripe, schemas.OrderPaymentFailed,
			schemas.StableID(r.Shop, sourceStripe, orderID, schemas.OrderPaymentFailed, b.id("id of the event", e.ID)), at)
		o.Reason = string(cmp.Or(intent.Failure.Decline, intent.Failure.Code))
		o.PaymentMethod = string(intent.Failure.Method.Type)
	}
	o.Total = b.minor(minor, o.Currency)
	return &o, b.fault
}

// minor converts an amount in a currency's smallest unit.
func (b *blame) minor(n int64, currency string) schemas.Money {
	micros := int64(schemas.MicrosPerUnit)
	for range minorDigits(currency) {
		micros /= 10
	}
	if n < 0 || n > (1<<63-1)/micros {
		b.say(BadAmount, "amount is negative or out of range")
		return 0
	}
	return schemas.Money(n * micros)
}

// minorDigits is how many decimals Stripe's smallest unit of a currency has, by its list of zero- and three-decimal
// currencies (docs.stripe.com/currencies). Some that have none in ISO 4217, such as ISK and UGX, are charged with two.
func minorDigits(currency string) int {
	switch currency {
	case "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF":
		return 0
	case "BHD", "JOD", "KWD", "OMR", "TND":
		return 3
	}
	return 2
}
