package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"

	"kozamori/internal/catalog"
	"kozamori/internal/watch"
)

// classify tells what the catalogue makes of lines of a passbook.
func classify(_ context.Context, c *console, flags *flag.FlagSet, args []string) error {
	bank := flags.String("bank", "", "the bank's `code` (金融機関コード), which tells where it cuts descriptors")
	asJSON := flags.Bool("json", false, "print one JSON object a line")
	explain := flags.Bool("explain", false, "tell each reading's evidence and each character")
	if err := parse(flags, args); err != nil {
		return err
	}
	if *bank != "" {
		if _, ok := catalog.BankByCode(*bank); !ok {
			_, _ = fmt.Fprintf(c.Err, "Bank %s is not in the catalogue: where it cuts descriptors is not known.\n", *bank)
		}
	}
	for _, problem := range catalog.Check() {
		_, _ = fmt.Fprintf(c.Err, "The catalogue does not go together: %v\n", problem)
	}
	out := bufio.NewWriter(c.Out)
	told := func(name, how string) {
		_, _ = fmt.Fprintf(c.Err, "%s: %s.\n", name, how)
	}
	err := eachRow(c.In, flags.Args(), told, func(r *row) error {
		d := catalog.Decide(&catalog.Evidence{Bank: *bank, Descriptor: r.text, Detail: r.detail, Amount: r.amount, In: r.in})
		e := catalog.Explain(*bank, r.line(), r.amount > 0 && !r.in)
		if r.in {
			e.Match = catalog.Match{}
		}
		if *asJSON {
			return printJSON(out, *bank, r, e.Match, &d, *explain)
		}
		printText(out, *bank, r, &e, &d, *explain)
		return nil
	})
	return errors.Join(err, out.Flush())
}

// decision is what -json prints. What there is none of is null.
type decision struct {
	Line       string  `json:"line"`
	Bank       *string `json:"bank"`
	Service    *string `json:"service"`
	Confidence *string `json:"confidence"`
	Pattern    *string `json:"pattern"`
	Trap       *string `json:"trap"`
	// With -explain.
	Strength string   `json:"strength,omitempty"`
	Readings []string `json:"readings,omitempty"`
}

func printJSON(w io.Writer, bank string, r *row, m catalog.Match, d *catalog.Decision, explain bool) error {
	some := func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	out := decision{Line: r.line(), Bank: some(bank), Service: some(m.Service), Confidence: some(string(m.Confidence)), Pattern: some(m.Pattern), Trap: some(m.Trap)}
	if explain {
		out.Strength, out.Readings = d.Strength.String(), readings(d)
	}
	return e.Encode(out)
}

// readings says each reading with its evidence.
func readings(d *catalog.Decision) []string {
	var out []string
	for _, r := range d.Readings() {
		out = append(out, r.String())
	}
	return out
}

func printText(w io.Writer, bank string, r *row, e *catalog.Explanation, d *catalog.Decision, explain bool) {
	m, line := e.Match, r.line()
	_, _ = fmt.Fprintf(w, "%s\n", line)
	switch s, ok := catalog.ByID(m.Service); {
	case r.in:
		_, _ = fmt.Fprintln(w, "  → none: money came in")
	case ok && d.Strength == catalog.None:
		_, _ = fmt.Fprintf(w, "  → none: %s; %s behind a real-time rail, with a link, or if the bank names it\n", m.Trap, s.ID)
	case ok && m.Trap != "":
		_, _ = fmt.Fprintf(w, "  → %s (%s), %s: may be %s\n", s.ID, s.Name(watch.Japanese), m.Confidence, m.Trap)
	case ok:
		_, _ = fmt.Fprintf(w, "  → %s (%s), %s: %s\n", s.ID, s.Name(watch.Japanese), m.Confidence, m.Pattern)
	case d.Service() != "": // a line that does not tell which way the money went
		s, _ := catalog.ByID(d.Service())
		_, _ = fmt.Fprintf(w, "  → none if money came in (%s); of a debit %s (%s), %s: may be %s\n", m.Trap, s.ID, s.Name(watch.Japanese), d.Confidence(), d.Other())
	case m.Trap != "":
		_, _ = fmt.Fprintf(w, "  → none: %s\n", m.Trap)
	default:
		_, _ = fmt.Fprintln(w, "  → none")
	}
	if explain {
		_, _ = fmt.Fprintf(w, "    %s\n", d.Strength)
		for _, x := range readings(d) {
			_, _ = fmt.Fprintf(w, "      %s\n", x)
		}
	}
	for _, s := range e.Steps {
		_, _ = fmt.Fprintf(w, "    %s: %s\n", line[s.Start:s.End], s.What)
	}
	if !explain {
		return
	}
	_, _ = fmt.Fprintf(w, "    %d half-width cells; bank %s\n", catalog.Cells(line), orNone(bank))
	for _, l := range e.Letters {
		r := []rune(l.Text)[0]
		_, _ = fmt.Fprintf(w, "    %4d  U+%04X  %-4q %s\n", l.At, r, l.Text, l.Unit)
	}
}

func orNone(s string) string {
	if s == "" {
		return "not given"
	}
	return s
}
