package browser

import (
	"context"
	"path/filepath"
	"strconv"
	"time"

	"tidemark/deploy/demo/truth"
)

// tellTruth notes the past in the journal of the simulator, which the demo holds its tables against.
func (d *Demo) tellTruth(ctx context.Context, now time.Time) error {
	const each = " UNION ALL SELECT toUnixTimestamp(window_start), shop, "
	rows, err := d.ClickHouse.Query(ctx, `SELECT * FROM (SELECT toUnixTimestamp(window_start), shop, 'views', sum(views) FROM v_page_views GROUP BY window_start, shop`+
		each+`'shown', sum(shown) FROM v_ctr GROUP BY window_start, shop`+
		each+`'clicked', sum(clicked) FROM v_ctr GROUP BY window_start, shop`+
		each+`'orders', sum(orders) FROM v_trade GROUP BY window_start, shop`+
		each+`'gmv', toInt64(sum(gmv) * 1000000) FROM v_trade GROUP BY window_start, shop`+
		each+`'paid', toInt64(sum(paid) * 1000000) FROM v_trade GROUP BY window_start, shop)`)
	if err != nil {
		return err
	}
	facts := make([]truth.Fact, len(rows))
	for i, row := range rows {
		second, err := strconv.ParseInt(row[0], 10, 64)
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(row[3], 10, 64)
		if err != nil {
			return err
		}
		facts[i] = truth.Fact{At: time.Unix(second, 0), Shop: row[1], Adds: []truth.Add{{Measure: truth.Measure(row[2]), N: n}}}
	}
	journal, err := truth.Open(filepath.Join(d.data(), "simulator", "truth.jsonl"), now, truth.Bounds{OnTime: 1000 * time.Hour})
	if err != nil {
		return err
	}
	defer journal.Close()
	request, err := journal.Sending(now, facts)
	if err != nil {
		return err
	}
	return request.Done(now)
}
