// Command bench puts the whole system under load on this machine and prints
// what came of it: real HTTP, real signatures, the embedded store and queues
// with every write on disk, LINE played by the simulator. It reports, and
// never asserts.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"time"

	"kozamori/infra/bench/town"
	"kozamori/internal/version"
)

type options struct {
	seconds   int
	rate      int
	conns     int
	batch     int
	relevant  int    // of 100 events, how many alert a watcher
	watched   int    // accounts
	waiting   int    // alerts, while LINE is down
	held      int    // alerts, in quiet hours
	flood     int    // alerts that one bank posts at once
	people    int    // who are told once and never again
	floor     string // the folder of the floor's source
	attackers int    // strangers who send junk at the same time
	junk      int    // requests a second that they send together; 0 is as fast as they are answered
	only      string
	rows      int // of a bank's file
	kills     int // of the stack that takes it
	dir       string
	profile   string
	allocs    string
}

func main() {
	var o options
	flag.IntVar(&o.seconds, "seconds", 30, "how long each load lasts")
	flag.IntVar(&o.rate, "rate", 200, "alerts per second of the latency run")
	flag.IntVar(&o.conns, "conns", 32, "connections of the bank in the throughput run")
	flag.IntVar(&o.batch, "batch", 100, "events per POST in the throughput run")
	flag.IntVar(&o.relevant, "relevant", 5, "of 100 events, how many alert a watcher")
	flag.IntVar(&o.watched, "watched", 10_000, "accounts with a watcher; there are five times as many")
	flag.StringVar(&o.only, "only", "", "one of: "+strings.Join(names(), ", ")+"; all but saturation, people and files if empty")
	flag.IntVar(&o.attackers, "attackers", 32, "strangers who send junk in the attack, each from an address of its own and one request at a time")
	flag.IntVar(&o.junk, "junk", 10_000, "requests a second that they send together; 0 is as fast as they are answered")
	holds := flag.String("hold", "", "hold hostile connections to an `address` of this machine, and do nothing else; attacks starts this")
	annoys := flag.String("annoy", "", "send junk to an `address` of this machine until the input ends, and do nothing else; attacks starts this")
	refuses := flag.Bool("refuse", false, "serve refusals to this machine, and do nothing else; attacks starts this")
	flag.IntVar(&o.held, "held", 100_000, "alerts that wait for the end of quiet hours")
	flag.IntVar(&o.waiting, "waiting", 40_000, "alerts that wait in the outage")
	flag.IntVar(&o.flood, "flood", 20_000, "alerts that one bank posts at once")
	flag.IntVar(&o.people, "people", 1_000_000, "people who are told once, in the run that looks at memory")
	flag.StringVar(&o.floor, "floor", "../floor", "the `folder` of the floor's source")
	burns := flag.Bool("burn", false, "take a core, and do nothing else; storms starts this")
	flag.IntVar(&o.rows, "rows", 1_000_000, "of -only files: rows of the bank's file; 10,000,000 are 2.6 GB, and need 15 GB of disk")
	flag.IntVar(&o.kills, "kills", 50, "of -only files: how often the stack is killed on the way")
	flag.StringVar(&o.dir, "dir", "", "of -only files: the `folder` for all of it (default: that of temporary files)")
	flag.StringVar(&o.profile, "cpuprofile", "", "a file for the CPU profile")
	flag.StringVar(&o.allocs, "allocprofile", "", "a file for the profile of allocations")
	year := town.Defaults()
	inTown := flag.Bool("town", false, "run a year of the whole country, small, through the stages, and nothing else")
	flag.IntVar(&year.Scale, "scale", year.Scale, "of -town: accounts of the country for each one here")
	flag.IntVar(&year.Days, "days", year.Days, "of -town: how long it goes on, from 1 April 2026")
	flag.Uint64Var(&year.Seed, "seed", year.Seed, "of -town: who does what when; -publish writes it down")
	flag.Float64Var(&year.Yen, "yen", year.Yen, "of -town: yen for a dollar")
	folder := flag.String("publish", "", "measure what is published, write it into this folder, and do nothing else")
	short := flag.Bool("short", false, "of -publish: so little that it says nothing, to see that it works")
	tell := flag.Bool("version", false, "tell which build this is, and do nothing else")
	flag.Parse()
	if *tell {
		fmt.Println(version.String())
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if *holds != "" {
		if err := hold(ctx, *holds); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if *burns {
		burn(ctx)
		return
	}
	if *annoys != "" {
		if err := annoy(ctx, o, *annoys); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if *refuses {
		if err := refuse(ctx); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if *folder != "" {
		z := whole
		if *short {
			z = brief
		}
		if err := publish(ctx, *folder, year.Seed, z); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if *inTown {
		if err := liveIn(ctx, year); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// liveIn runs a town and prints what came of it.
func liveIn(ctx context.Context, o town.Options) error {
	o.Progress = os.Stderr
	r, err := town.Run(ctx, o)
	if err == nil {
		r.Print(os.Stdout)
	}
	return err
}

// load is one of the runs.
type load struct {
	name string
	do   func(context.Context, options) error
	long bool // only if it is asked for
}

func loads() []load {
	return []load{
		{"alerts", alerts, false}, {"saturation", saturation, true}, {"stories", stories, false}, {"hangs", hangs, false}, {"callbacks", callbacks, false},
		{"storms", storms, false}, {"floods", floods, false}, {"attacks", attacks, false}, {"outages", outages, false}, {"mornings", mornings, false},
		{"events", events, false}, {"floor", floors, false}, {"http", plainHTTP, false}, {"aged", agedAccounts, false}, {"families", families, false},
		{"people", onceOnly, true}, {"parts", parts, false}, {"files", files, true},
	}
}

func names() (out []string) {
	for _, l := range loads() {
		out = append(out, l.name)
	}
	return out
}

func run(ctx context.Context, o options) error {
	if o.profile != "" {
		f, err := os.Create(o.profile)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	if o.allocs != "" {
		f, err := os.Create(o.allocs)
		if err != nil {
			return err
		}
		defer func() { _ = pprof.Lookup("allocs").WriteTo(f, 0); _ = f.Close() }()
	}
	if o.only != "" && !slices.Contains(names(), o.only) {
		return fmt.Errorf("%q is none of %s", o.only, strings.Join(names(), ", "))
	}
	fmt.Printf("%s, %s, %d cores, %s\n\n", time.Now().UTC().Format("2006-01-02 15:04 UTC"), version.String(), runtime.GOMAXPROCS(0), cpuName())
	for _, part := range loads() {
		if o.only != part.name && (o.only != "" || part.long) {
			continue
		}
		if err := part.do(ctx, o); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
		fmt.Println()
	}
	return nil
}
