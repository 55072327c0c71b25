// Package bucket says what files are that banks leave for us, wherever that is: in a
// bucket of S3 (bucket/s3), in a folder of this machine (bucket/folder). It reads none.
package bucket

import "errors"

// Put is an object that was put there. An empty version is the latest.
type Put struct{ Key, Version string }

// Object is one as it was opened.
type Object struct {
	Version string // the bucket's own word for which it is
	Size    int64  // bytes, of the whole
}

// ErrNotFound says that there is no such object, or not that version of it any more.
var ErrNotFound = errors.New("bucket: there is no such object")
