package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"kozamori/internal/version"
)

// figures are what is published: everything that the charts show, and where and
// of what it was measured.
type figures struct {
	At      time.Time `json:"at"`
	Build   string    `json:"build"`
	Machine string    `json:"machine"`
	Cores   int       `json:"cores"`
	Load    string    `json:"load_average"` // before the first load: on a busy machine nothing here is a claim
	Seed    uint64    `json:"seed"`
	Short   bool      `json:"short,omitempty"`
	Groups  []group   `json:"groups"`
	Notes   []string  `json:"notes"`
}

// group is one chart.
type group struct {
	Name  string   `json:"name"`
	Title string   `json:"title"`
	Lines []figure `json:"lines"`
}

// figure is one curve, in milliseconds by percentile.
type figure struct {
	Name  string             `json:"name"`
	N     int                `json:"n"`
	Of    int                `json:"of"`
	MS    map[string]float64 `json:"ms"`
	CPU   float64            `json:"cpu_ms_each,omitempty"` // bank and LINE included
	Extra map[string]float64 `json:"extra,omitempty"`

	line line
}

func newFigure(name string, of int, d []time.Duration) figure {
	f := figure{Name: name, N: len(d), Of: of, MS: map[string]float64{}, line: sorted(name, d)}
	for _, p := range percentiles {
		f.MS[fmt.Sprintf("p%g", p)] = at(f.line.Took, p).Seconds() * 1e3
	}
	return f
}

// sizes are how much is measured.
type sizes struct {
	seconds        int
	rates          []int
	burst, waiting int
	down           time.Duration
	held           int
	taps, stuck    int // taps a second; disputes that hang
}

var (
	whole = sizes{seconds: 30, rates: []int{1, 200, 1000}, burst: 10_000, waiting: 3500, down: time.Minute, held: 100_000, taps: 200, stuck: 200}
	brief = sizes{seconds: 1, rates: []int{5, 20}, burst: 50, waiting: 20, down: time.Second, held: 50, taps: 10, stuck: 3}
)

// publish measures what is published and writes it into a folder: figures.json,
// a page of tables, and a chart for each group.
func publish(ctx context.Context, folder string, seed uint64, z sizes) error {
	f := &figures{At: time.Now().UTC().Truncate(time.Second), Build: version.String(), Machine: cpuName(), Cores: runtime.GOMAXPROCS(0), Load: loadAverage(), Seed: seed, Short: z.seconds == brief.seconds,
		Notes: []string{
			"One process holds the system, the bank that posts and the LINE that accepts; every event and answer is on disk before it is acknowledged.",
			"Open loop: alerts are posted at their times whatever became of those before. The burst posts all at once over 64 connections.",
			"Not measured here: AWS. What a deployment's calls cost and take is measured by infra/samlocal.",
		}}
	for _, part := range []func(context.Context, sizes) (group, error){latencies, answers, recovery, quietHours, againstFloor} {
		g, err := part(ctx, z)
		if err != nil {
			return err
		}
		f.Groups = append(f.Groups, g)
		fmt.Fprintln(os.Stderr, "measured:", g.Title)
	}
	return f.write(folder)
}

func latencies(ctx context.Context, z sizes) (group, error) {
	g := group{Name: "latency", Title: "From the bank's first byte to LINE's acceptance"}
	run := func(name string, rate, n int) error {
		l, err := openLoop(ctx, rate, n)
		if err != nil {
			return err
		}
		f := newFigure(name, n, l.took)
		f.CPU = (l.after.user + l.after.sys - l.before.user - l.before.sys).Seconds() * 1e3 / float64(n)
		f.Extra = map[string]float64{"p99_ms_to_202": at(l.acked, 99).Seconds() * 1e3, "posts_failed": float64(l.failed),
			"commits_each": float64(l.commits) / float64(n), "bytes_written_each": float64(l.after.written-l.before.written) / float64(n)}
		g.Lines = append(g.Lines, f)
		return nil
	}
	for _, rate := range z.rates {
		if err := run(fmt.Sprintf("%d a second", rate), rate, rate*z.seconds); err != nil {
			return g, err
		}
	}
	return g, run(fmt.Sprintf("%d at once", z.burst), 0, z.burst)
}

// answers is how long a tap takes until the bank has it.
func answers(ctx context.Context, z sizes) (group, error) {
	g := group{Name: "tap", Title: "From the tap on 「身に覚えがない」 to the bank's acceptance"}
	for _, c := range []struct {
		name  string
		stuck int
	}{{"quiet", 0}, {"while another bank's endpoint hangs", z.stuck}} {
		took, err := taps(ctx, options{rate: z.taps, seconds: z.seconds}, c.stuck)
		if err != nil {
			return g, err
		}
		g.Lines = append(g.Lines, newFigure(c.name, z.taps*z.seconds, took))
	}
	return g, nil
}

// againstFloor is how long the POST of a batch takes, and how many events are acknowledged,
// here and by the floor.
func againstFloor(ctx context.Context, z sizes) (group, error) {
	g := group{Name: "floor", Title: "From a batch's first byte to its durable 202"}
	o := options{seconds: z.seconds, conns: 32, batch: 100, relevant: 5, watched: 10_000, floor: "../floor"}
	program, err := o.buildFloor(ctx)
	if err != nil {
		return g, err
	}
	defer func() { _ = os.RemoveAll(filepath.Dir(program)) }()
	for _, c := range []struct {
		name string
		run  func() (measured, error)
	}{{"the floor: the same work on a file", func() (measured, error) { return o.atFloor(ctx, program) }}, {"Kozamori", func() (measured, error) { return o.atOurs(ctx) }}} {
		m, err := c.run()
		if err != nil {
			return g, err
		}
		f := newFigure(c.name, len(m.acked), m.acked)
		f.Extra = map[string]float64{"events_per_second": m.rate}
		g.Lines = append(g.Lines, f)
	}
	return g, nil
}

func recovery(ctx context.Context, z sizes) (group, error) {
	g := group{Name: "recovery", Title: "From LINE being back to its acceptance of what waited"}
	o, err := outage(ctx, z.waiting, z.down)
	if err != nil {
		return g, err
	}
	f := newFigure(fmt.Sprintf("%d waited for %v", z.waiting, z.down), z.waiting, o.took)
	f.Extra = map[string]float64{"vain_messages": float64(o.vain), "vain_messages_until_all_waited": float64(o.first), "of_one_core": o.busy}
	g.Lines = append(g.Lines, f)
	return g, nil
}

func quietHours(ctx context.Context, z sizes) (group, error) {
	g := group{Name: "morning", Title: "The end of quiet hours"}
	m, err := morning(ctx, z.held)
	if err != nil {
		return g, err
	}
	f := newFigure(fmt.Sprintf("%d that were held", z.held), z.held, m.took)
	f.Extra = map[string]float64{"sweep_seconds": m.swept.Seconds(), "cores_busy": m.busy}
	g.Lines = append(g.Lines, f, newFigure("alerts of others meanwhile", 100, m.fresh))
	return g, nil
}

// write puts the files into a folder.
func (f *figures) write(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	b, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	files := map[string][]byte{"figures.json": append(b, '\n'), "README.md": []byte(f.page())}
	where := fmt.Sprintf("%s, %d cores, %s, %s, seed %d, load before %s", f.Machine, f.Cores, f.Build, f.At.Format("2 January 2006"), f.Seed, f.Load)
	for _, g := range f.Groups {
		var lines []line
		for _, l := range g.Lines {
			lines = append(lines, l.line)
		}
		files[g.Name+".svg"] = []byte(chart(g.Title, where, lines))
	}
	for name, b := range files {
		if err := os.WriteFile(filepath.Join(folder, name), b, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// page is the tables, for people.
func (f *figures) page() string {
	out := fmt.Sprintf("# Measured on %s\n\n%s, %d cores, %s, seed %d; load average before: %s. `go -C infra/bench run . -publish FOLDER` writes this again.\n", f.At.Format("2 January 2006"), f.Machine, f.Cores, f.Build, f.Seed, f.Load)
	for _, g := range f.Groups {
		out += fmt.Sprintf("\n## %s\n\n![%s](%s.svg)\n\n| | told | p50 | p99 | most | CPU each |\n|---|---|---|---|---|---|\n", g.Title, g.Title, g.Name)
		for _, l := range g.Lines {
			cpu := ""
			if l.CPU > 0 {
				cpu = fmt.Sprintf("%.2f ms", l.CPU)
			}
			out += fmt.Sprintf("| %s | %d of %d | %.1f ms | %.1f ms | %.1f ms | %s |\n", l.Name, l.N, l.Of, l.MS["p50"], l.MS["p99"], l.MS["p100"], cpu)
		}
	}
	out += "\n"
	for _, n := range f.Notes {
		out += "- " + n + "\n"
	}
	return out
}

// loadAverage is what the machine was doing besides.
func loadAverage() string {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	var one, five, fifteen string
	if _, err := fmt.Sscan(string(b), &one, &five, &fifteen); err != nil {
		return "unknown"
	}
	return one + " " + five + " " + fifteen
}
