package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"kozamori/internal/catalog"
	"kozamori/internal/watch"
)

// classify tells what the catalogue makes of lines of a passbook.
func classify(_ context.Context, c *console, flags *flag.FlagSet, args []string) error {
	bank := flags.String("bank", "", "the bank's `code` (金融機関コード), which tells where it cuts descriptors")
	asJSON := flags.Bool("json", false, "print one JSON object a line")
	letters := flags.Bool("explain", false, "tell each character")
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
	each := func(line string) error {
		e := catalog.Explain(*bank, line)
		if *asJSON {
			return printJSON(out, *bank, line, e.Match)
		}
		printText(out, *bank, line, &e, *letters)
		return nil
	}
	err := eachLine(c.In, flags.Args(), each)
	return errors.Join(err, out.Flush())
}

// eachLine gives each line of the arguments to do. An argument that is the
// name of a file stands for its lines, and - or no argument at all for those
// of standard input.
func eachLine(in io.Reader, args []string, do func(string) error) error {
	if len(args) == 0 {
		args = []string{"-"}
	}
	for _, arg := range args {
		if arg == "-" {
			if err := readLines(in, do); err != nil {
				return err
			}
			continue
		}
		info, err := os.Stat(arg)
		if err != nil || !info.Mode().IsRegular() {
			if err := do(arg); err != nil {
				return err
			}
			continue
		}
		f, err := os.Open(arg)
		if err != nil {
			return err
		}
		err = readLines(f, do)
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	return nil
}

func readLines(in io.Reader, do func(string) error) error {
	r := bufio.NewReader(in)
	for first := true; ; first = false {
		line, err := r.ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if line == "" {
			return nil
		}
		line = strings.TrimRight(line, "\r\n")
		if first {
			line = strings.TrimPrefix(line, "\uFEFF")
		}
		if err := do(line); err != nil {
			return err
		}
	}
}

// decision is what -json prints. What there is none of is null.
type decision struct {
	Line       string  `json:"line"`
	Bank       *string `json:"bank"`
	Service    *string `json:"service"`
	Confidence *string `json:"confidence"`
	Pattern    *string `json:"pattern"`
	Trap       *string `json:"trap"`
}

func printJSON(w io.Writer, bank, line string, m catalog.Match) error {
	some := func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(decision{line, some(bank), some(m.Service), some(string(m.Confidence)), some(m.Pattern), some(m.Trap)})
}

func printText(w io.Writer, bank, line string, e *catalog.Explanation, letters bool) {
	m := e.Match
	_, _ = fmt.Fprintf(w, "%s\n", line)
	switch s, ok := catalog.ByID(m.Service); {
	case ok && m.Trap != "":
		_, _ = fmt.Fprintf(w, "  → %s (%s), %s: may be %s\n", s.ID, s.Name(watch.Japanese), m.Confidence, m.Trap)
	case ok:
		_, _ = fmt.Fprintf(w, "  → %s (%s), %s: %s\n", s.ID, s.Name(watch.Japanese), m.Confidence, m.Pattern)
	case m.Trap != "":
		_, _ = fmt.Fprintf(w, "  → none: %s\n", m.Trap)
	default:
		_, _ = fmt.Fprintln(w, "  → none")
	}
	for _, s := range e.Steps {
		_, _ = fmt.Fprintf(w, "    %s: %s\n", line[s.Start:s.End], s.What)
	}
	if !letters {
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
