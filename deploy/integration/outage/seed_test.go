//go:build integration

package outage

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"
)

// past is what the shops have sold before the demo begins, per minute: a level that an outage can fall from, which the
// demo would need ten minutes to reach by itself.
type past struct {
	from, to time.Time // minutes
	shops    map[string]int
}

// price is what every order costs, in units of the currency.
const price = 100

func (p past) minutes() (all []time.Time) {
	for at := p.from; at.Before(p.to); at = at.Add(time.Minute) {
		all = append(all, at)
	}
	return all
}

// insert is the statement that puts the rows into the table of trade, as a partition that no topic has.
func (p past) insert() string {
	var rows []string
	for _, at := range p.minutes() {
		for shop, n := range p.shops {
			rows = append(rows, fmt.Sprintf("(fromUnixTimestamp64Milli(%d), '%s', 'direct', 'CNY', 1, 1, %d, %d, %d, %d)", at.UnixMilli(), shop, n, n*price, n, n*price))
		}
	}
	return "INSERT INTO m_trade (window_start, shop, channel, currency, part, ver, orders, gmv, paid_orders, paid) VALUES " + strings.Join(rows, ", ")
}

// tellTruth writes the same into the simulator's journal: what is in the tables must be known to be true.
func (p past) tellTruth(journal string) error {
	type cell struct {
		Minute  int64  `json:"t"`
		Shop    string `json:"s"`
		Measure string `json:"m"`
		Sure    int    `json:"sure"`
	}
	var line struct {
		Cells []cell `json:"c"`
	}
	for _, at := range p.minutes() {
		for shop, n := range p.shops {
			for measure, sum := range map[string]int{"orders": n, "gmv": n * price * 1e6, "paid": n * price * 1e6} {
				line.Cells = append(line.Cells, cell{at.UnixMilli(), shop, measure, sum})
			}
		}
	}
	text, err := json.Marshal(line)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(journal, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.Write(append(text, '\n'))
	return err
}
