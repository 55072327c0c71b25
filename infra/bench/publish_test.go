package main

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What is published is measured small, so that it can be measured at all when
// somebody wants to; no figure of it is looked at.
func TestWhatIsPublishedIsWhole(t *testing.T) {
	folder := t.TempDir()
	if err := publish(t.Context(), folder, 11, brief); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(folder, "figures.json"))
	if err != nil {
		t.Fatal(err)
	}
	var f figures
	if err := json.Unmarshal(b, &f); err != nil {
		t.Fatal(err)
	}
	if f.Machine == "" || f.Build == "" || f.Seed != 11 || f.Cores == 0 || f.Load == "" || !f.Short || len(f.Groups) != 5 {
		t.Errorf("%s", b)
	}
	page, err := os.ReadFile(filepath.Join(folder, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range f.Groups {
		for _, l := range g.Lines {
			if l.N != l.Of {
				t.Errorf("%s, %s: %d of %d are told", g.Name, l.Name, l.N, l.Of)
			}
			if l.MS["p50"] > l.MS["p99"] || l.MS["p99"] > l.MS["p100"] || l.MS["p100"] <= 0 {
				t.Errorf("%s, %s: %v", g.Name, l.Name, l.MS)
			}
			if !strings.Contains(string(page), "| "+l.Name+" |") {
				t.Errorf("the page does not tell of %s", l.Name)
			}
		}
		svg, err := os.ReadFile(filepath.Join(folder, g.Name+".svg"))
		if err != nil {
			t.Fatal(err)
		}
		drawn(t, g, string(svg))
	}
}

// drawn checks that a chart is XML, has a curve for each line, and says where it
// was measured.
func drawn(t *testing.T, g group, svg string) {
	t.Helper()
	curves := 0
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%s: %v", g.Name, err)
		}
		if s, ok := tok.(xml.StartElement); ok && s.Name.Local == "polyline" {
			curves++
		}
	}
	if curves != len(g.Lines) || !strings.Contains(svg, "seed 11") || strings.Contains(svg, "NaN") {
		t.Errorf("%s: %d curves for %d lines:\n%s", g.Name, curves, len(g.Lines), svg)
	}
}

func TestAChartOfNothingIsAChart(t *testing.T) {
	drawn(t, group{Name: "empty", Lines: []figure{{}}}, chart("<&>", "seed 11", []line{{Name: "none"}}))
	drawn(t, group{Name: "one", Lines: []figure{{}}}, chart("one", "seed 11", []line{{"one", []time.Duration{time.Second}}}))
}
