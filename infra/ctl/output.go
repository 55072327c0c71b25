package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"kozamori/internal/watch"
)

// jsonFlag gives a command -json.
func jsonFlag(flags *flag.FlagSet) *bool {
	return flags.Bool("json", false, "print JSON, one object a line")
}

// list prints things: as JSON, one object a line, or as a table with a row for
// each, under a line that says that there are none.
func list[T any](w io.Writer, asJSON bool, things []T, none string, head []string, row func(*T) []string) error {
	if asJSON {
		for i := range things {
			if err := object(w, things[i]); err != nil {
				return err
			}
		}
		return nil
	}
	if len(things) == 0 {
		_, err := fmt.Fprintln(w, none)
		return err
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, strings.Join(head, "\t"))
	for i := range things {
		_, _ = fmt.Fprintln(table, strings.Join(row(&things[i]), "\t"))
	}
	return table.Flush()
}

// object prints one thing as a line of JSON.
func object(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// when is a time as operators in Japan read it.
func when(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(watch.JST).Format("2006-01-02 15:04:05 JST")
}

// dash stands where there is nothing.
func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// progress shows at a terminal how far something is, on one line that is
// written over.
func (c *console) progress(format string, args ...any) {
	if c.Manned {
		_, _ = fmt.Fprintf(c.screen, "\r\033[K"+format, args...)
	}
}

// doneProgress takes the line away.
func (c *console) doneProgress() { c.progress("") }

// confirm asks at a terminal whether to go on. Without a terminal the answer
// is yes.
func (c *console) confirm(ctx context.Context, yes bool, format string, args ...any) error {
	if yes || !c.Manned {
		return ctx.Err()
	}
	_, _ = fmt.Fprintf(c.Err, format+" [y/N] ", args...)
	if c.lines == nil {
		c.lines = bufio.NewReader(c.In)
	}
	line, _ := c.lines.ReadString('\n') // what ends early is no yes
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes":
		return ctx.Err()
	}
	return errors.New("nothing was done")
}
