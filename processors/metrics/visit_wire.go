package metrics

import (
	"encoding/binary"
	"unique"

	"tidemark/processors/wire"
	"tidemark/schemas"
)

// appendVisit writes a visit for a snapshot. A change here needs another Revision of visits.
func appendVisit(dst []byte, v *visit) []byte {
	l := v.landing.Value()
	for _, s := range [...]string{l.shop, l.market, l.channel, l.campaign, l.device, l.pageType} {
		dst = wire.AppendText(dst, s)
	}
	dst = binary.AppendVarint(dst, int64(v.pages))
	dst = wire.AppendBool(dst, v.keyEvent)
	dst = wire.AppendBool(dst, v.bot)
	dst = binary.AppendVarint(dst, int64(v.step))
	dst = binary.AppendVarint(dst, int64(v.at))
	return v.funnel.Append(dst)
}

// readVisit takes back what appendVisit wrote.
func readVisit(r *wire.Reader) visit {
	v := visit{
		landing:  unique.Make(landing{r.Text(), r.Text(), r.Text(), r.Text(), r.Text(), r.Text()}),
		pages:    int32(r.Varint()),
		keyEvent: r.Bool(),
		bot:      r.Bool(),
		step:     int8(r.Varint()),
		at:       schemas.Millis(r.Varint()),
	}
	v.funnel.Read(r)
	return v
}
