package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"kozamori/internal/queue"
)

// floorRuns is how often each is measured, one after the other; the median counts.
const floorRuns = 3

// floors compares how many events are acknowledged durably with how many the floor
// takes: a small server of its own module that does the same work on a file that it
// appends to, for the same client on the same cores.
func floors(ctx context.Context, o options) error {
	o.seconds = min(o.seconds, 10)
	fmt.Printf("the same client against the floor (infra/floor) and against Kozamori, %d times %d s each, medians\n", floorRuns, o.seconds)
	program, err := o.buildFloor(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(filepath.Dir(program)) }()
	for _, batch := range []int{100, 1} {
		o.batch = batch
		var floor, ours []float64
		for range floorRuns {
			f, err := o.atFloor(ctx, program)
			if err != nil {
				return err
			}
			k, err := o.atOurs(ctx)
			if err != nil {
				return err
			}
			floor, ours = append(floor, f.rate), append(ours, k.rate)
		}
		slices.Sort(floor)
		slices.Sort(ours)
		f, k := floor[floorRuns/2], ours[floorRuns/2]
		row(fmt.Sprintf("batches of %d: the floor, Kozamori", batch), fmt.Sprintf("%.0f, %.0f events/s", f, k))
		row("against the floor (aims: 0.5 of batches, 0.7 of singles)", fmt.Sprintf("%.2f", k/f))
	}
	return nil
}

// buildFloor builds the floor, and tells where its program is.
func (o *options) buildFloor(ctx context.Context) (string, error) {
	dir, err := os.MkdirTemp("", "kozamori-floor")
	if err != nil {
		return "", err
	}
	program := filepath.Join(dir, "floor")
	build := exec.CommandContext(ctx, "go", "build", "-o", program, ".")
	build.Dir, build.Stderr = o.floor, os.Stderr
	return program, build.Run()
}

// measured is how many events a second were acknowledged, and how long each POST took.
type measured struct {
	rate  float64
	acked []time.Duration
}

// atFloor is what the floor acknowledges.
func (o *options) atFloor(ctx context.Context, program string) (measured, error) {
	s := &stack{secret: "whsec_" + key()}
	file := filepath.Join(filepath.Dir(program), "log")
	defer func() { _ = os.Remove(file) }()
	c := exec.CommandContext(ctx, program, "-file", file, "-watched", fmt.Sprint(o.watched))
	c.Env, c.Stderr = append(os.Environ(), "FLOOR_SECRET="+s.secret), os.Stderr
	says, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		return measured{}, err
	}
	defer func() { _ = c.Process.Kill(); _ = c.Wait() }()
	url, err := bufio.NewReader(says).ReadString('\n')
	if err != nil {
		return measured{}, err
	}
	return o.stormed(ctx, s, strings.TrimSpace(url)+"/v1/banks/"+bankCode+"/events")
}

func (o *options) stormed(ctx context.Context, s *stack, url string) (measured, error) {
	acked, n, before, after, err := s.storm(ctx, *o, url)
	return measured{float64(n) / after.at.Sub(before.at).Seconds(), acked}, err
}

// atOurs is what Kozamori acknowledges, detect being at work.
func (o *options) atOurs(ctx context.Context) (measured, error) {
	s, err := open(ctx, o.watched)
	if err != nil {
		return measured{}, err
	}
	defer s.Close()
	stop, err := s.work(ctx, queue.Events)
	if err != nil {
		return measured{}, err
	}
	defer stop()
	return o.stormed(ctx, s, s.url)
}
