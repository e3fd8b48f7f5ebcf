package preview

import (
	"strings"
	"testing"
	"time"
)

func testExpander() *expander {
	from := time.Date(2025, 1, 14, 23, 30, 0, 371e6, time.UTC)
	return &expander{
		at: moment{span{From: from, To: from.Add(2 * time.Hour)}, 90 * time.Second},
		values: chosen{
			"shop": {"chaye"}, "channel": {"app", "o'neil"}, "campaign": {allValue}, "none": nil,
		},
		options: func(name string) ([]string, error) { return []string{name + "1", name + "2"}, nil },
	}
}

// The expansions are those of Grafana's ClickHouse plugin.
func TestMacros(t *testing.T) {
	for in, want := range map[string]string{
		"$__timeFilter(at)":                          "at >= toDateTime(1736897400) AND at <= toDateTime(1736904600)",
		"$__timeFilter_ms(at)":                       "at >= fromUnixTimestamp64Milli(1736897400371) AND at <= fromUnixTimestamp64Milli(1736904600371)",
		"$__dateFilter(day)":                         "day >= toDate('2025-01-14') AND day <= toDate('2025-01-15')",
		"$__dateTimeFilter(d, t)":                    "(d >= toDate('2025-01-14') AND d <= toDate('2025-01-15')) AND (t >= toDateTime(1736897400) AND t <= toDateTime(1736904600))",
		"$__dt(d, t)":                                "(d >= toDate('2025-01-14') AND d <= toDate('2025-01-15')) AND (t >= toDateTime(1736897400) AND t <= toDateTime(1736904600))",
		"$__fromTime":                                "toDateTime(1736897400)",
		"$__toTime":                                  "toDateTime(1736904600)",
		"$__fromTime()":                              "toDateTime(1736897400)",
		"$__fromTime_ms":                             "fromUnixTimestamp64Milli(1736897400371)",
		"$__toTime_ms":                               "fromUnixTimestamp64Milli(1736904600371)",
		"$__timeInterval(at)":                        "toStartOfInterval(toDateTime(at), INTERVAL 90 second)",
		"$__timeInterval_ms(at)":                     "toStartOfInterval(toDateTime64(at, 3), INTERVAL 90000 millisecond)",
		"$__interval_s":                              "90",
		"x / $__interval_s AS y":                     "x / 90 AS y",
		"$__timeFilter(toDateTime(a,b))":             "toDateTime(a,b) >= toDateTime(1736897400) AND toDateTime(a,b) <= toDateTime(1736904600)",
		"$__timeInterval( f(')') )":                  "toStartOfInterval(toDateTime(f(')')), INTERVAL 90 second)",
		"greatest($__fromTime, $__timeInterval(at))": "greatest(toDateTime(1736897400), toStartOfInterval(toDateTime(at), INTERVAL 90 second))",

		"shop = ${shop:singlequote}":                                          "shop = 'chaye'",
		"channel IN (${channel:singlequote})":                                 `channel IN ('app','o\'neil')`,
		"campaign IN (${campaign:singlequote})":                               "campaign IN ('campaign1','campaign2')",
		"x IN (${none:singlequote})":                                          "x IN (NULL)",
		"$__conditionalAll(channel IN (${channel:singlequote}), $channel) OK": `channel IN ('app','o\'neil') OK`,
		"$__conditionalAll(campaign IN (${campaign:singlequote}), $campaign)": "1=1",
		"$__conditionalAll(0, $channel)":                                      "0",
		"$__conditionalAll(0, ${campaign})":                                   "1=1",
		"$__conditionalAll($__conditionalAll(0, $campaign) AND 2, $channel)":  "1=1 AND 2",
		"no macro at all":                                                     "no macro at all",
	} {
		got, err := testExpander().expand(in)
		if err != nil || got != want {
			t.Errorf("%s\n got %s %v\nwant %s", in, got, err, want)
		}
	}
}

func TestMacrosWithoutInterval(t *testing.T) {
	e := testExpander()
	e.at.Interval = 0
	got, err := e.expand("$__interval_s $__timeInterval(a) $__timeInterval_ms(a)")
	if want := "1 toStartOfInterval(toDateTime(a), INTERVAL 1 second) toStartOfInterval(toDateTime64(a, 3), INTERVAL 1 millisecond)"; err != nil || got != want {
		t.Errorf("%s %v", got, err)
	}
}

func TestMacrosRefuse(t *testing.T) {
	for in, want := range map[string]string{
		"$__timeFilters(at)":                       "unknown macro $__timeFilters",
		"$__timeGroup(at, 5m)":                     "unknown macro $__timeGroup",
		"$__adHocFilters('t')":                     "unknown macro",
		"$__timeFilter":                            "takes 1 arguments",
		"$__timeFilter(a, b)":                      "takes 1 arguments",
		"$__timeFilter(a":                          "takes 1 arguments",
		"$__dt(a)":                                 "takes 2 arguments",
		"$__conditionalAll(1)":                     "a condition and a variable",
		"$__conditionalAll(1, 2)":                  "not a plain variable",
		"$__conditionalAll(1, ${shop:raw})":        "not a plain variable",
		"$__conditionalAll(1, $store)":             "unknown variable $store",
		"$__conditionalAll($__bad, $shop)":         "unknown macro $__bad",
		"$__timeFilter($__bad)":                    "unknown macro $__bad",
		"${store:singlequote}":                     "unknown variable $store",
		"${shop:raw}":                              "only singlequote",
		"${shop:csv}":                              "only singlequote",
		"'$shop'":                                  "singlequote",
		"${shop}":                                  "singlequote",
		"[[shop]] $":                               "singlequote",
		"$__conditionalAll(x = '${shop}', $shop)":  "singlequote",
		"$__timeFilter(${shop:singlequote}, '(' )": "takes 1 arguments",
	} {
		got, err := testExpander().expand(in)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %s %v, want %q", in, got, err, want)
		}
	}
}

// Whatever a value contains, it stays one SQL string: it ends no quote and is not expanded again.
func TestValuesStayValues(t *testing.T) {
	for _, value := range []string{
		`'`, `''`, `\`, `\'`, `\\'`, `'; DROP TABLE shops; --`, `' OR 1=1 --`, `') UNION ALL SELECT password FROM users --`,
		`$__fromTime`, `${shop:singlequote}`, `$__conditionalAll(1, $shop)`, `${__url_time_range}`, `/* `, `-- `, "`", `"`, `{a:String}`,
		"\u2018; DROP", "\u2019", "1' FORMAT Null SETTINGS x=1 --", `%27`, `茶叶'`, "a\x00b", `\x27`, `\u0027`,
	} {
		e := testExpander()
		e.values["shop"] = []string{value}
		got, err := e.expand("SELECT ${shop:singlequote}, $__conditionalAll(s = ${shop:singlequote}, $shop) FROM t")
		if err != nil {
			t.Errorf("%q: %v", value, err)
			continue
		}
		literal, rest := unquote(t, strings.TrimPrefix(got, "SELECT "))
		second, rest2 := unquote(t, strings.TrimPrefix(rest, ", s = "))
		if literal != value || second != value || rest2 != " FROM t" {
			t.Errorf("%q became %s", value, got)
		}
	}
}

// unquote reads the string of ClickHouse's SQL that stands first, and returns what follows it.
func unquote(t *testing.T, sql string) (value, rest string) {
	t.Helper()
	if !strings.HasPrefix(sql, "'") {
		t.Fatalf("%s does not begin with a string", sql)
	}
	var b strings.Builder
	for i := 1; i < len(sql); i++ {
		switch sql[i] {
		case '\\':
			i++
			b.WriteByte(sql[i])
		case '\'':
			return b.String(), sql[i+1:]
		default:
			b.WriteByte(sql[i])
		}
	}
	t.Fatalf("%s is not closed", sql)
	return "", ""
}

func FuzzExpandValue(f *testing.F) {
	f.Add(`'; DROP TABLE x --`)
	f.Add(`\`)
	f.Fuzz(func(t *testing.T, value string) {
		e := testExpander()
		e.values["shop"] = []string{value}
		got, err := e.expand("${shop:singlequote};")
		if err != nil {
			t.Fatal(err)
		}
		if v, rest := unquote(t, got); v != value || rest != ";" {
			t.Errorf("%q became %s", value, got)
		}
	})
}
