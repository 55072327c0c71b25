package statement

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// What an XML file may hold at most; no bank's message comes near it. There is no
// bound for texts but that of the file, because no entity stands for others.
const (
	camtDepth      = 40
	camtAttributes = 20
)

var (
	errNoCamt  = errors.New("it is an XML, but not a statement in ISO 20022 (camt.052, .053 or .054)")
	errHostile = errors.New("it is nested too deeply, or holds a document type")
)

// guarded passes the tokens of an XML on, and none that a statement has no need of.
type guarded struct {
	*xml.Decoder
	depth int
}

func (g *guarded) Token() (xml.Token, error) {
	t, err := g.RawToken()
	switch e := t.(type) {
	case xml.StartElement:
		if g.depth++; g.depth > camtDepth || len(e.Attr) > camtAttributes {
			return nil, errHostile
		}
	case xml.EndElement:
		g.depth--
	case xml.Directive:
		return nil, errHostile
	}
	return t, err
}

// camt reads a message account by account.
type camt struct {
	*Statement
	in   *guarded
	out  *xml.Decoder
	acct camtAccount
}

// camtAccount is what stands around the entries of one account.
type camtAccount struct {
	line             int
	name             string
	entries          int64
	ins, outs        int64    // booked, yen
	pending          [2]int64 // in and out, yen: a summary may count them, too
	opening, closing *int64
	summary          *camtSummary
}

var camtName = regexp.MustCompile(`:camt\.05[234]\.001\.(\d+)$`)

func readCamt(text, charset string) (*Statement, error) {
	in := &guarded{Decoder: xml.NewDecoder(strings.NewReader(text))}
	in.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // it is read already
	c := &camt{Statement: &Statement{Charset: charset}, in: in, out: xml.NewTokenDecoder(in)}
	for {
		t, err := c.out.Token()
		if errors.Is(err, io.EOF) && c.Layout != "" {
			return c.Statement, nil
		}
		if err == nil {
			if err = c.token(t); err == nil {
				continue
			}
		}
		if c.Layout == "" || errors.Is(err, errHostile) {
			return nil, fmt.Errorf("%w (line %d)", refusal(err), c.line())
		}
		// What was read stands; what is behind is reported.
		c.Unread = append(c.Unread, Problem{c.line(), "XML", fmt.Sprintf("from here on it is not read: %v", err)})
		return c.Statement, nil
	}
}

// refusal is why a file is no statement.
func refusal(err error) error {
	if errors.Is(err, errHostile) {
		return err
	}
	return errNoCamt
}

func (c *camt) line() int {
	line, _ := c.in.InputPos()
	return line
}

func (c *camt) token(t xml.Token) error {
	if e, ok := t.(xml.EndElement); ok && slices.Contains([]string{"Stmt", "Rpt", "Ntfctn"}, e.Name.Local) {
		c.close()
		return nil
	}
	e, ok := t.(xml.StartElement)
	if !ok {
		return nil
	}
	switch e.Name.Local {
	case "BkToCstmrStmt", "BkToCstmrAcctRpt", "BkToCstmrDbtCdtNtfctn":
		c.Layout = "ISO 20022 " + map[string]string{"BkToCstmrStmt": "camt.053", "BkToCstmrAcctRpt": "camt.052", "BkToCstmrDbtCdtNtfctn": "camt.054"}[e.Name.Local]
		if m := camtName.FindStringSubmatch(e.Name.Space); m != nil {
			version, _ := strconv.Atoi(m[1])
			c.Known = version >= 2 && version <= 13
			c.Layout += " version " + m[1]
		}
	case "Stmt", "Rpt", "Ntfctn":
		c.acct = camtAccount{line: c.line()}
	case "Document", "BizMsgEnvlp", "DataPDU", "Body": // what banks send it in
	case "GrpHdr", "AppHdr", "Header":
		return c.out.Skip()
	default:
		if c.Layout == "" {
			return errNoCamt
		}
		return c.part(&e)
	}
	return nil
}

// part takes what stands in an account's statement.
func (c *camt) part(e *xml.StartElement) error {
	line := c.line()
	switch e.Name.Local {
	case "Acct":
		var a struct {
			IBAN  string `xml:"Id>IBAN"`
			Other string `xml:"Id>Othr>Id"`
		}
		err := c.out.DecodeElement(&a, e)
		c.acct.name = strings.TrimSpace(a.IBAN + a.Other)
		return err
	case "Bal":
		var b camtBalance
		err := c.out.DecodeElement(&b, e)
		c.balance(&b)
		return err
	case "TxsSummry":
		c.acct.summary = &camtSummary{}
		return c.out.DecodeElement(c.acct.summary, e)
	case "Ntry":
		var n camtEntry
		if err := c.out.DecodeElement(&n, e); err != nil {
			return err
		}
		c.acct.entries++
		switch rows, skipped, problem := n.rows(); {
		case problem != nil:
			problem.Line = line
			c.Unread = append(c.Unread, *problem)
		case skipped != "":
			c.Skipped = append(c.Skipped, Problem{line, "Sts", skipped})
		default:
			c.take(rows, line)
			if n.unfit != "" {
				c.Misfits = append(c.Misfits, Problem{line, "NtryDtls", n.unfit})
			}
		}
		return nil
	}
	return c.out.Skip()
}

func (c *camt) take(rows []Row, line int) {
	for _, r := range rows {
		r.Line, r.Account = line, c.acct.name
		c.Rows = append(c.Rows, r)
		if r.Pending {
			c.acct.pending[0], c.acct.pending[1] = c.acct.pending[0]+r.In, c.acct.pending[1]+r.Out
		} else {
			c.acct.ins, c.acct.outs = c.acct.ins+r.In, c.acct.outs+r.Out
		}
	}
}

// camtBalance is a balance of an account.
type camtBalance struct {
	Code string     `xml:"Tp>CdOrPrtry>Cd"`
	Sub  string     `xml:"Tp>SubTp>Cd"` // INTM: of a page, not of the whole
	Amt  camtAmount `xml:"Amt"`
	Side string     `xml:"CdtDbtInd"`
}

func (c *camt) balance(b *camtBalance) {
	yen, err := b.Amt.yen()
	if strings.TrimSpace(b.Side) == "DBIT" {
		yen = -yen
	}
	switch code := strings.TrimSpace(b.Code); {
	case strings.TrimSpace(b.Sub) != "":
	case err != nil:
		c.Misfits = append(c.Misfits, Problem{c.line(), "Bal", err.Error()})
	case code == "OPBD" || code == "PRCD":
		c.acct.opening = &yen
	case code == "CLBD":
		c.acct.closing = &yen
	}
}

// camtSummary is what a message says of its own entries.
type camtSummary struct {
	All string `xml:"TtlNtries>NbOfNtries"`
	In  string `xml:"TtlCdtNtries>Sum"`
	Out string `xml:"TtlDbtNtries>Sum"`
}

// close holds an account's entries against its balances and its summary.
func (c *camt) close() {
	a := &c.acct
	misfit := func(field, says string, is int64) {
		c.Misfits = append(c.Misfits, Problem{a.line, field, fmt.Sprintf("it says %s, and the entries come to %d", says, is)})
	}
	if a.opening != nil && a.closing != nil && *a.opening+a.ins-a.outs != *a.closing {
		misfit("Bal", strconv.FormatInt(*a.closing, 10), *a.opening+a.ins-a.outs)
	}
	if s := a.summary; s != nil {
		if n, err := strconv.ParseInt(strings.TrimSpace(s.All), 10, 64); s.All != "" && (err != nil || n != a.entries) {
			misfit("NbOfNtries", s.All, a.entries)
		}
		for k, t := range []struct {
			says string
			is   int64
		}{{s.In, a.ins}, {s.Out, a.outs}} {
			if yen, err := (&camtAmount{Value: t.says}).yen(); t.says != "" && (err != nil || yen != t.is && yen != t.is+a.pending[k]) {
				misfit("Sum", t.says, t.is)
			}
		}
	}
	c.acct = camtAccount{}
}

// camtAmount is an amount with its currency.
type camtAmount struct {
	Currency string `xml:"Ccy,attr"`
	Value    string `xml:",chardata"`
}

// yen reads whole yen.
func (a *camtAmount) yen() (int64, error) {
	whole, part, _ := strings.Cut(strings.TrimSpace(a.Value), ".")
	if whole == "" || strings.Trim(whole, "0123456789") != "" || strings.Trim(part, "0") != "" || len(whole) > 15 {
		return 0, fmt.Errorf("%q is no amount of yen", short(a.Value))
	}
	if a.Currency != "" && a.Currency != "JPY" {
		return 0, fmt.Errorf("%s %s are not yen", short(a.Value), short(a.Currency))
	}
	return strconv.ParseInt(whole, 10, 64)
}

// camtDay reads the day in Japan.
type camtDay struct {
	Day  string `xml:"Dt"`
	Time string `xml:"DtTm"`
}

func (d *camtDay) day() (time.Time, bool) {
	if s := strings.TrimSpace(d.Time); s != "" {
		if t, err := time.Parse(time.RFC3339, s); err == nil {
			t = t.Add(9 * time.Hour).UTC()
			return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC), true
		}
		d.Day = s // without an offset it is the bank's own
	}
	s := strings.TrimSpace(d.Day)
	n := min(len(s), len(time.DateOnly))
	t, err := time.Parse(time.DateOnly, s[:n]) // an offset behind it is that of the bank
	return t, err == nil && (n == len(s) || strings.ContainsRune("TZ+-", rune(s[n]))) && t.Year() >= 1980 && t.Year() <= 2200
}
