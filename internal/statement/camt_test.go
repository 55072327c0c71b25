package statement

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/japanese"
)

var messages = map[string][2]string{"052": {"BkToCstmrAcctRpt", "Rpt"}, "053": {"BkToCstmrStmt", "Stmt"}, "054": {"BkToCstmrDbtCdtNtfctn", "Ntfctn"}}

// message writes a message of a kind and version around what stands in an
// account's statement.
func message(kind string, version int, inside string) string {
	m := messages[kind]
	return fmt.Sprintf(`<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.%s.001.%02d"><%s>
<GrpHdr><MsgId>1</MsgId><CreDtTm>2026-11-29T00:00:00</CreDtTm></GrpHdr>
<%s><Id>1</Id><Acct><Id><Othr><Id>1234567</Id></Othr></Id><Ccy>JPY</Ccy></Acct>
%s</%s></%s></Document>
`, kind, version, m[0], m[1], inside, m[1], m[0])
}

// entry writes an entry as a version does.
func entry(version int, amount, side, status, when, more string) string {
	if version >= 8 {
		status = "<Cd>" + status + "</Cd>"
	}
	return fmt.Sprintf("<Ntry><Amt Ccy=\"JPY\">%s</Amt><CdtDbtInd>%s</CdtDbtInd><Sts>%s</Sts><BookgDt>%s</BookgDt>%s</Ntry>\n", amount, side, status, when, more)
}

// tx writes a transaction: who got the money, and how much.
func tx(version int, name, amount, more string) string {
	party, amt := "<Nm>"+name+"</Nm>", ""
	if version >= 8 {
		party = "<Pty>" + party + "</Pty>"
	}
	if amount != "" {
		amt = `<Amt Ccy="JPY">` + amount + `</Amt><CdtDbtInd>DBIT</CdtDbtInd>`
		if version == 2 {
			amt = `<AmtDtls><TxAmt><Amt Ccy="JPY">` + amount + `</Amt></TxAmt></AmtDtls>`
		}
	}
	return "<TxDtls><Refs><EndToEndId>x</EndToEndId></Refs>" + amt + "<RltdPties><Dbtr>" + party + "</Dbtr><Cdtr>" + party + "</Cdtr></RltdPties>" + more + "</TxDtls>"
}

func TestMessagesOfEachVersionAreRead(t *testing.T) {
	t.Parallel()
	for kind := range messages {
		for v := 2; v <= 13; v++ {
			inside := `<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="JPY">100000</Amt><CdtDbtInd>DBIT</CdtDbtInd></Bal>` +
				`<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="JPY">139300</Amt><CdtDbtInd>DBIT</CdtDbtInd></Bal>` +
				`<TxsSummry><TtlNtries><NbOfNtries>8</NbOfNtries></TtlNtries><TtlDbtNtries><Sum>41300.00</Sum></TtlDbtNtries></TxsSummry>` +
				entry(v, "28000", "DBIT", "BOOK", "<Dt>2026-11-02</Dt>", "<NtryDtls>"+tx(v, "ﾄﾞｺﾓｺｳｻﾞ", "", "<RmtInf><Ustrd>ﾁﾔ-ｼﾞ</Ustrd></RmtInf>")+"</NtryDtls><AddtlNtryInf>口座振替</AddtlNtryInf>") +
				entry(v, "2000.00", "CRDT", "BOOK", "<DtTm>2026-11-02T23:30:00+09:00</DtTm>", "<RvslInd>true</RvslInd>") +
				entry(v, "300", "DBIT", "BOOK", "<DtTm>2026-11-02T15:30:00Z</DtTm>", "<AddtlNtryInf>PAYPAY</AddtlNtryInf>") +
				entry(v, "10000", "DBIT", "BOOK", "<DtTm>2026-11-04T00:10:00</DtTm>", "<NtryDtls><Btch><NbOfTxs>2</NbOfTxs></Btch>"+tx(v, "ﾍﾟｲﾍﾟｲ", "4000", "")+tx(v, "ﾃﾞﾝｷ", "6000", "")+"</NtryDtls>") +
				entry(v, "3000", "DBIT", "BOOK", "<Dt>2026-11-05+09:00</Dt>", "<NtryDtls><Btch><NbOfTxs>3</NbOfTxs></Btch>"+tx(v, "ﾍﾟｲﾍﾟｲ", "1000", "")+"</NtryDtls><AddtlNtryInf>一括</AddtlNtryInf>") +
				entry(v, "500", "DBIT", "PDNG", "<Dt>2026-11-06</Dt>", "<AddtlNtryInf>PAYPAY</AddtlNtryInf>") +
				entry(v, "700", "DBIT", "INFO", "<Dt>2026-11-06</Dt>", "") +
				strings.ReplaceAll(entry(v, "900", "DBIT", "BOOK", "<Dt>2026-11-06</Dt>", ""), "JPY", "USD")
			s, err := Read([]byte(message(kind, v, inside)), now)
			if err != nil {
				t.Fatal(kind, v, err)
			}
			var got []string
			for _, r := range s.Rows {
				got = append(got, fmt.Sprintf("%s -%d +%d %s|%s %t", r.Day.Format(time.DateOnly), r.Out, r.In, r.Text, r.Detail, r.Pending))
				if r.Account != "1234567" {
					t.Errorf("%+v", r)
				}
			}
			if diff := cmp.Diff([]string{
				"2026-11-02 -28000 +0 ﾁﾔ-ｼﾞ|ﾄﾞｺﾓｺｳｻﾞ false", "2026-11-02 -0 +2000 | false", "2026-11-03 -300 +0 PAYPAY| false",
				"2026-11-04 -4000 +0 ﾍﾟｲﾍﾟｲ| false", "2026-11-04 -6000 +0 ﾃﾞﾝｷ| false", "2026-11-05 -3000 +0 一括| false", "2026-11-06 -500 +0 PAYPAY| true",
			}, got); diff != "" {
				t.Errorf("camt.%s.001.%02d: %s", kind, v, diff)
			}
			if len(s.Unread) != 1 || s.Unread[0].Field != "Amt" || len(s.Skipped) != 1 || len(s.Misfits) != 1 || s.Misfits[0].Field != "NtryDtls" || !s.Known {
				t.Errorf("camt.%s.001.%02d: unread %v, skipped %v, misfits %v, known %t", kind, v, s.Unread, s.Skipped, s.Misfits, s.Known)
			}
		}
	}
}

func TestWhatAMessageSaysOfItselfIsHeldAgainstItsEntries(t *testing.T) {
	t.Parallel()
	one := entry(8, "28000", "DBIT", "BOOK", "<Dt>2026-11-02</Dt>", "")
	bal := func(code, side, yen, sub string) string {
		return "<Bal><Tp><CdOrPrtry><Cd>" + code + "</Cd></CdOrPrtry>" + sub + "</Tp><Amt Ccy=\"JPY\">" + yen + "</Amt><CdtDbtInd>" + side + "</CdtDbtInd></Bal>"
	}
	for name, c := range map[string]struct {
		inside  string
		misfits int
	}{
		"balances that fit":          {bal("OPBD", "CRDT", "30000", "") + bal("CLBD", "CRDT", "2000", "") + one, 0},
		"balances over nothing":      {bal("PRCD", "CRDT", "3000", "") + bal("CLBD", "DBIT", "25000", "") + one, 0},
		"an entry is missing":        {bal("OPBD", "CRDT", "30000", "") + bal("CLBD", "CRDT", "1000", "") + one, 1},
		"balances of a page":         {bal("OPBD", "CRDT", "30000", "<SubTp><Cd>INTM</Cd></SubTp>") + bal("CLBD", "CRDT", "1", "") + one, 0},
		"a sum that does not fit":    {"<TxsSummry><TtlDbtNtries><Sum>1</Sum></TtlDbtNtries></TxsSummry>" + one, 1},
		"a number that does not fit": {"<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries></TtlNtries></TxsSummry>" + one, 1},
		"a balance in dollars":       {strings.ReplaceAll(bal("OPBD", "CRDT", "30000", ""), "JPY", "USD") + one, 1},
	} {
		s, err := Read([]byte(message("053", 8, c.inside)), now)
		if err != nil || len(s.Misfits) != c.misfits || len(s.Rows) != 1 {
			t.Errorf("%s: %v %+v", name, err, s)
		}
	}
	for name, e := range map[string]string{
		"no side":       strings.Replace(one, "DBIT", "", 1),
		"a third side":  strings.Replace(one, "DBIT", "BOTH", 1),
		"two sides":     strings.Replace(one, "<Sts>", "<CdtDbtInd>CRDT</CdtDbtInd><Sts>", 1),
		"two amounts":   strings.Replace(one, "<Sts>", "<Amt Ccy=\"JPY\">1</Amt><Sts>", 1),
		"no status":     strings.Replace(one, "BOOK", "", 1),
		"another one":   strings.Replace(one, "BOOK", "DONE", 1),
		"no day":        strings.Replace(one, "2026-11-02", "11-02", 1),
		"parts of yen":  strings.Replace(one, "28000", "28000.50", 1),
		"a minus":       strings.Replace(one, "28000", "-28000", 1),
		"no amount":     strings.Replace(one, "28000", "", 1),
		"a giant's":     strings.Replace(one, "28000", "9999999999999999999999", 1),
		"words for yen": strings.Replace(one, "28000", "28,000", 1),
	} {
		s, err := Read([]byte(message("053", 8, one+e)), now)
		if err != nil || len(s.Rows) != 1 || len(s.Unread) != 1 || s.Unread[0].Line != 5 && s.Unread[0].Line != 6 {
			t.Errorf("%s: %v %+v", name, err, s)
		}
	}
}

func TestAHostileMessageCostsNothing(t *testing.T) {
	t.Parallel()
	one := entry(8, "28000", "DBIT", "BOOK", "<Dt>2026-11-02</Dt>", "")
	whole := message("053", 8, one+one)
	bomb := "<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">]>"
	for name, c := range map[string]struct {
		text string
		is   error
	}{
		"entities that stand for entities": {strings.Replace(whole, "<Document", bomb+"<Document", 1), errHostile},
		"a document type":                  {strings.Replace(whole, "<Document", "<!DOCTYPE x SYSTEM \"http://127.0.0.1/x\"><Document", 1), errHostile},
		"a million elements deep":          {strings.Replace(whole, "<Ntry>", strings.Repeat("<a>", 1_000_000), 1), errHostile},
		"deep inside an entry":             {strings.Replace(whole, "<Amt", strings.Repeat("<a>", 1_000)+"<Amt", 1), errHostile},
		"a thousand attributes":            {strings.Replace(whole, "<Ntry>", "<Ntry"+strings.Repeat(" a=\"1\"", 1000)+">", 1), errHostile},
		"a page of the web":                {"<!doctype html><html><body>2026/9/1</body></html>", errHostile},
		"another XML":                      {"<?xml version=\"1.0\"?><svg><Ntry/></svg>", errNoCamt},
		"a payment order":                  {"<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.03\"><CstmrCdtTrfInitn/></Document>", errNoCamt},
		"nothing but a sign":               {"<", errNoCamt},
	} {
		start := time.Now()
		_, err := Read([]byte(c.text), now)
		if !errors.Is(err, c.is) {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
	// An entity that is not declared ends the reading there, and that is told.
	for name, text := range map[string]string{"an unknown entity": strings.Replace(whole, "28000", "&a;", 1), "an end": whole[:len(whole)-200], "another end tag": strings.Replace(whole, "</Ntry>", "</Entry>", 1)} {
		s, err := Read([]byte(text), now)
		if err != nil || len(s.Unread) != 1 || s.Unread[0].Field != "XML" {
			t.Errorf("%s: %v %+v", name, err, s)
		}
	}
	sjis, err := japanese.ShiftJIS.NewEncoder().String(strings.Replace(message("053", 8, entry(8, "1", "DBIT", "BOOK", "<Dt>2026-11-02</Dt>", "<AddtlNtryInf>ﾄﾞｺﾓｺｳｻﾞ</AddtlNtryInf>")), "UTF-8", "Shift_JIS", 1))
	if err != nil {
		t.Fatal(err)
	}
	if s, err := Read([]byte(sjis), now); err != nil || len(s.Rows) != 1 || s.Rows[0].Text != "ﾄﾞｺﾓｺｳｻﾞ" {
		t.Errorf("%v %+v", err, s)
	}
}

func FuzzCamt(f *testing.F) {
	for v := range 14 {
		f.Add([]byte(message("053", v, entry(v, "28000", "DBIT", "BOOK", "<Dt>2026-11-02</Dt>", "<NtryDtls>"+tx(v, "x", "3", "")+tx(v, "y", "4", "")+"</NtryDtls>"))))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Read(data, now)
		if err != nil {
			return
		}
		for _, r := range s.Rows {
			if r.Day.IsZero() || (r.Out > 0) == (r.In > 0) || r.Out < 0 || r.In < 0 {
				t.Errorf("%+v", r)
			}
		}
	})
}
