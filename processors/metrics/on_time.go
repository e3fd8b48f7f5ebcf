package metrics

import (
	"time"

	"tidemark/processors"
)

// onTime is how many parcels came when they were promised.
func onTime() processors.Definition {
	return processors.DefineRollup(processors.Rollup{
		Name: "on_time", Title: text("On-time delivery", "准时送达"),
		Help: "Parcels falling due per day of the shop, by their original promise: on time, late, or open past due; by carrier, warehouse and region.",
		Formula: "on-time rate = delivered no later than first promised / parcels past due or delivered. A parcel that is not delivered by its promise is late, refused and returned ones too; " +
			"one whose promise is still ahead is not judged; one without a promise is never due.",
		Owner: "logistics", Dims: []string{"carrier", "warehouse", "region"},
		Measures: []processors.MeasureSpec{
			{Name: "due", Kind: processors.KindCount, Title: text("Falling due", "到期包裹数")},
			{Name: "judged", Kind: processors.KindCount, Title: text("Past due or delivered", "已到期或已送达")},
			{Name: "on_time", Kind: processors.KindCount, Title: text("On time", "准时送达")},
			{Name: "late", Kind: processors.KindCount, Title: text("Delivered late", "延迟送达")},
			{Name: "open_late", Kind: processors.KindCount, Title: text("Open past due", "超期未送达")},
		},
		Values: []processors.Value{processors.Ratio("on_time_rate", text("On-time rate", "准时率"), "on_time", "judged")},
		Panels: []processors.Panel{
			{Board: "logistics", Section: "on_time", Kind: processors.BigStat, Show: []string{"on_time_rate"}, Width: 6},
			{Board: "logistics", Section: "on_time", Kind: processors.BigStat, Show: []string{"due"}, Width: 6},
			{Board: "logistics", Section: "on_time", Kind: processors.BigStat, Show: []string{"late"}, Width: 6},
			{Board: "logistics", Section: "on_time", Kind: processors.BigStat, Show: []string{"open_late"}, Width: 6},
			{Board: "logistics", Section: "on_time", Kind: processors.Lines, Title: text("On-time rate per day", "每日准时率"), Show: []string{"on_time_rate"}, Width: 12},
			{Board: "logistics", Section: "on_time", Kind: processors.Lines, Title: text("Parcels falling due per day", "每日到期包裹"), Show: []string{"due", "on_time", "late", "open_late"}, Width: 12},
			{Board: "logistics", Section: "where", Kind: processors.Grid, Title: text("By carrier, warehouse and region", "按承运商、仓库与地区"), By: []string{"carrier", "warehouse", "region"},
				Show: []string{"due", "on_time", "late", "open_late", "on_time_rate"}},
		},
		RollupSpec: processors.RollupSpec{
			Period: processors.Day, Sources: []string{"logistics"}, Refresh: time.Minute,
			Touch: processors.Touch{In: map[string]string{"logistics": promisedDays}}, SQL: onTimeSQL,
		},
	})
}

// promisedDays are all promises that any scan of the parcel names: an older scan that comes in late can change which of
// them is the original one.
const promisedDays = `SELECT promised_at AS at FROM events_logistics
WHERE shop = {shop:String} AND promised_at > toDateTime64(0, 3, 'UTC') AND (carrier, tracking_id) IN (SELECT carrier, tracking_id FROM fresh)`

const onTimeSQL = `SELECT p.begins AS window_start, x.carrier AS carrier, x.warehouse AS warehouse, x.region AS region,
  count() AS due, countIf(x.delivered OR x.past) AS judged, countIf(x.delivered AND x.delivered_at <= x.promised_at) AS on_time,
  countIf(x.delivered AND x.delivered_at > x.promised_at) AS late, countIf(x.past AND NOT x.delivered) AS open_late
FROM (
  SELECT shop, carrier, warehouse, region, promised_at, delivered_at, delivered_at > toDateTime64(0, 3, 'UTC') AS delivered, promised_at < fromUnixTimestamp64Milli({now:Int64}) AS past
  FROM v_parcels WHERE shop = {shop:String} AND (carrier, tracking_id) IN (
    SELECT carrier, tracking_id FROM events_logistics WHERE shop = {shop:String}
      AND promised_at >= fromUnixTimestamp64Milli({from:Int64}) AND promised_at < fromUnixTimestamp64Milli({to:Int64}))
) AS x
ASOF INNER JOIN periods AS p ON p.shop = x.shop AND x.promised_at >= p.begins
WHERE x.promised_at < p.ends
GROUP BY window_start, carrier, warehouse, region`
