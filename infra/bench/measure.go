package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// usage is what the process has used so far.
type usage struct {
	at         time.Time
	user, sys  time.Duration
	allocs     uint64
	allocBytes uint64
	written    int64 // bytes that the system was given to write to disks
}

func used() usage {
	var r syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return usage{time.Now(), time.Duration(r.Utime.Nano()), time.Duration(r.Stime.Nano()), m.Mallocs, m.TotalAlloc, written()}
}

// written is what the system counts for this process; 0 where it does not.
func written() (n int64) {
	b, err := os.ReadFile("/proc/self/io")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if v, ok := strings.CutPrefix(line, "write_bytes: "); ok {
			n, _ = strconv.ParseInt(strings.TrimSpace(v), 10, 64)
		}
	}
	return n
}

// since prints what n things have cost from before until now.
func (u usage) since(before usage, what string, n int) {
	if n == 0 {
		return
	}
	per := func(d time.Duration) string { return fmt.Sprintf("%.2f µs", float64(d.Nanoseconds())/1e3/float64(n)) }
	user, sys := u.user-before.user, u.sys-before.sys
	row("CPU per "+what+", client and LINE included", fmt.Sprintf("%s (user %s, kernel %s)", per(user+sys), per(user), per(sys)))
	row("cores busy", fmt.Sprintf("%.2f", busy(before, u)))
	row("allocations per "+what, fmt.Sprintf("%.1f, %.0f bytes", float64(u.allocs-before.allocs)/float64(n), float64(u.allocBytes-before.allocBytes)/float64(n)))
}

// busy is how many cores were, on average.
func busy(before, after usage) float64 {
	return (after.user + after.sys - before.user - before.sys).Seconds() / after.at.Sub(before.at).Seconds()
}

func row(name, value string) { fmt.Printf("  %-52s %s\n", name, value) }

// spread prints the percentiles of times.
func spread(name string, d []time.Duration) {
	if len(d) == 0 {
		row(name, "none")
		return
	}
	slices.Sort(d)
	at := func(p float64) string {
		return fmt.Sprintf("%.2f ms", d[min(len(d)-1, int(p*float64(len(d))))].Seconds()*1e3)
	}
	row(name, fmt.Sprintf("p50 %s, p90 %s, p99 %s, max %s", at(0.5), at(0.9), at(0.99), at(1)))
}

func rate(n int, d time.Duration) string { return fmt.Sprintf("%.0f/s", float64(n)/d.Seconds()) }

func cpuName() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	defer func() { _ = f.Close() }()
	for sc := bufio.NewScanner(f); sc.Scan(); {
		if name, ok := strings.CutPrefix(sc.Text(), "model name"); ok {
			return strings.Trim(name, "\t: ")
		}
	}
	return runtime.GOARCH
}
