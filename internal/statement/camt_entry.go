package statement

import (
	"fmt"
	"strings"
)

// camtEntry is an entry, as versions 2 to 13 write it.
type camtEntry struct {
	Amt  []camtAmount `xml:"Amt"`
	Side []string     `xml:"CdtDbtInd"`
	// The status is a text up to version 7, and has a code since.
	Status struct {
		Text string `xml:",chardata"`
		Code string `xml:"Cd"`
	} `xml:"Sts"`
	Booked  camtDay    `xml:"BookgDt"`
	Value   camtDay    `xml:"ValDt"`
	Batches []camtPart `xml:"NtryDtls"`
	Info    string     `xml:"AddtlNtryInf"`

	unfit string // what of its details does not come to it
}

// camtPart is the details of an entry.
type camtPart struct {
	Count        string   `xml:"Btch>NbOfTxs"`
	Transactions []camtTx `xml:"TxDtls"`
}

// camtTx is a transaction of an entry.
type camtTx struct {
	Amt        *camtAmount `xml:"Amt"`
	Was        *camtAmount `xml:"AmtDtls>TxAmt>Amt"` // version 2 has no other
	Side       string      `xml:"CdtDbtInd"`
	Name       string      `xml:"RltdPties>Cdtr>Nm"`     // to version 7
	Party      string      `xml:"RltdPties>Cdtr>Pty>Nm"` // since version 8
	For        string      `xml:"RltdPties>UltmtCdtr>Nm"`
	ForParty   string      `xml:"RltdPties>UltmtCdtr>Pty>Nm"`
	Remittance []string    `xml:"RmtInf>Ustrd"`
	Structured []string    `xml:"RmtInf>Strd>AddtlRmtInf"`
	Info       string      `xml:"AddtlTxInf"`
}

// rows are the debits and credits of an entry: of each of its transactions, if
// they come to it, or else one. Or it is none, or cannot be read.
func (n *camtEntry) rows() (rows []Row, skipped string, problem *Problem) {
	status := strings.TrimSpace(n.Status.Code)
	if status == "" {
		status = strings.TrimSpace(n.Status.Text)
	}
	switch status {
	case "BOOK", "PDNG":
	case "INFO", "FUTR":
		return nil, status + ": no money has moved", nil
	default:
		return nil, "", &Problem{Field: "Sts", Reason: fmt.Sprintf("%q is neither BOOK nor PDNG", short(status))}
	}
	if len(n.Amt) != 1 || len(n.Side) != 1 {
		return nil, "", &Problem{Field: "Ntry", Reason: "it has not one amount and one side"}
	}
	yen, err := n.Amt[0].yen()
	if err != nil || yen > maxYen {
		return nil, "", &Problem{Field: "Amt", Reason: fmt.Sprintf("%q (%s) is no amount of yen", short(n.Amt[0].Value), short(n.Amt[0].Currency))}
	}
	if yen == 0 {
		return nil, "it moves no money", nil
	}
	r := Row{Pending: status == "PDNG"}
	var ok bool
	if r.Day, ok = n.Booked.day(); !ok {
		if r.Day, ok = n.Value.day(); !ok {
			return nil, "", &Problem{Field: "BookgDt", Reason: fmt.Sprintf("%q is no day", short(n.Booked.Day))}
		}
	}
	side := strings.TrimSpace(n.Side[0])
	if side != "DBIT" && side != "CRDT" {
		return nil, "", &Problem{Field: "CdtDbtInd", Reason: fmt.Sprintf("%q is neither DBIT nor CRDT", short(side))}
	}
	// Of a reversal the side is that of the reversal itself, so that nothing more
	// need be known of it.
	rows = n.split(r, yen, side)
	for i := range rows {
		if strings.Contains(rows[i].Text+rows[i].Detail, bad) {
			return nil, "", &Problem{Field: "Ntry", Reason: "some of its bytes are no text"}
		}
	}
	return rows, "", nil
}

// split divides an entry among its transactions.
func (n *camtEntry) split(r Row, yen int64, side string) []Row {
	var all []camtTx
	counted := true
	for _, b := range n.Batches {
		all = append(all, b.Transactions...)
		if c := strings.TrimSpace(b.Count); c != "" && c != fmt.Sprint(len(b.Transactions)) {
			counted = false
		}
	}
	one := r
	put(&one, yen, side)
	if len(all) == 1 && counted {
		all[0].tell(&one, n.Info)
		return []Row{one}
	}
	(&camtTx{}).tell(&one, n.Info)
	var rows []Row
	var sum int64
	for i := range all {
		t := &all[i]
		part, ok := t.amount()
		if !ok {
			counted = false
			break
		}
		row, s := r, strings.TrimSpace(t.Side)
		if s == "" {
			s = side
		}
		put(&row, part, s)
		if sum += row.Out - row.In; part > 0 {
			t.tell(&row, n.Info)
			rows = append(rows, row)
		}
	}
	if len(all) == 0 {
		return []Row{one}
	}
	if !counted || sum != one.Out-one.In {
		n.alike(&one, all)
		n.unfit = fmt.Sprintf("its %d transactions do not come to it: it counts as one", len(all))
		return []Row{one}
	}
	return rows
}

// alike gives an entry that cannot be divided the text of its transactions, if all have
// the same and it has none of its own.
func (n *camtEntry) alike(one *Row, all []camtTx) {
	var said Row
	for i := range all {
		var r Row
		if all[i].tell(&r, n.Info); i > 0 && (r.Text != said.Text || r.Detail != said.Detail) {
			return
		}
		said = r
	}
	if one.Text == "" {
		one.Text, one.Detail = said.Text, said.Detail
	}
}

func put(r *Row, yen int64, side string) {
	r.In, r.Out = 0, yen
	if side == "CRDT" {
		r.In, r.Out = yen, 0
	}
}

func (t *camtTx) amount() (int64, bool) {
	a := t.Amt
	if a == nil {
		a = t.Was
	}
	if s := strings.TrimSpace(t.Side); a == nil || s != "" && s != "DBIT" && s != "CRDT" {
		return 0, false
	}
	yen, err := a.yen()
	return yen, err == nil && yen <= maxYen
}

// tell gives a row its text: what the bank says of the transaction, or else of
// the entry, and apart from it the name of who got the money.
func (t *camtTx) tell(r *Row, entry string) {
	clean := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	name := clean(t.Name + " " + t.Party)
	// The last two come behind all that was read before them: ids are made of texts.
	for _, s := range []string{strings.Join(t.Remittance, " "), t.Info, entry, name, strings.Join(t.Structured, " "), t.For + " " + t.ForParty} {
		if s = clean(s); s != "" {
			r.Text = s
			break
		}
	}
	if name != r.Text {
		r.Detail = name
	}
}
