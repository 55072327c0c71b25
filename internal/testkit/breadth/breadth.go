// Package breadth says how much of a long test runs: all of it where the
// variable CI is set, as .ci/run does, and elsewhere a share, so that
// go test ./... stays short. A share holds each kind of case.
package breadth

import "os"

// Whole reports whether all of a long test runs.
func Whole() bool { return os.Getenv("CI") != "" }

// Of is share, or whole where all runs.
func Of(share, whole int) int {
	if Whole() {
		return whole
	}
	return share
}
