package roomy

import "syscall"

// free is how many bytes a file system takes; 0 if it cannot be told.
func free(at string) uint64 {
	var s syscall.Statfs_t
	if syscall.Statfs(at, &s) != nil {
		return 0
	}
	return s.Bavail * uint64(s.Bsize) //nolint:gosec // a size of blocks is never below 0
}
