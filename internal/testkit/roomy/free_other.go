//go:build !linux

package roomy

// free is 0: only on Linux is there a known place in memory.
func free(string) uint64 { return 0 }
