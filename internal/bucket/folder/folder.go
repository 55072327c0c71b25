// Package folder plays a bucket in a folder of this machine, and watches it: what
// somebody copies into FOLDER/BANK is taken as what a bank puts into the bucket.
package folder

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"kozamori/internal/bucket"
)

// Bucket is a folder.
type Bucket struct {
	Root *os.Root
	told map[string]string // the versions of manifests by their keys
}

// Open reads a file, from a byte to before another one; 0 is the end.
// bucket.ErrNotFound, also if it is not the version that was asked for.
func (b *Bucket) Open(_ context.Context, key, version string, from, to int64) (io.ReadCloser, bucket.Object, error) {
	f, err := b.Root.Open(filepath.FromSlash(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, bucket.Object{}, bucket.ErrNotFound
	}
	if err != nil {
		return nil, bucket.Object{}, err
	}
	info, err := f.Stat()
	if err == nil && version != "" && versionOf(info) != version || err == nil && !info.Mode().IsRegular() {
		err = bucket.ErrNotFound
	}
	if err != nil {
		_ = f.Close()
		return nil, bucket.Object{}, err
	}
	if to == 0 {
		to = info.Size()
	}
	return struct {
		io.Reader
		io.Closer
	}{io.NewSectionReader(f, from, to-from), f}, bucket.Object{Version: versionOf(info), Size: info.Size()}, nil
}

func versionOf(i fs.FileInfo) string {
	return fmt.Sprintf("%d %s", i.Size(), i.ModTime().UTC().Format(time.RFC3339Nano))
}

// put is the body of the message that tells of a file.
type put struct {
	Put *bucket.Put `json:"put"`
}

// Puts are the files of which a message tells that they were put there; not ok if it is
// none of Look's.
func (b *Bucket) Puts(body []byte) (puts []bucket.Put, ok bool) {
	var m put
	if json.Unmarshal(body, &m) != nil || m.Put == nil {
		return nil, false
	}
	return []bucket.Put{*m.Put}, true
}

// Look lists the messages to send of files with an ending that are new since the last
// look, or other ones. The first look lists all: what is known already is taken once.
func (b *Bucket) Look(ending string) (messages map[string][]byte, err error) {
	if b.told == nil {
		b.told = map[string]string{}
	}
	messages = map[string][]byte{}
	err = fs.WalkDir(b.Root.FS(), ".", func(key string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || !strings.HasSuffix(key, ending) {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return nil //nolint:nilerr // it is gone again
		}
		version := versionOf(info)
		if b.told[key] == version {
			return nil
		}
		b.told[key] = version
		messages[key], err = json.Marshal(put{&bucket.Put{Key: key, Version: version}})
		return err
	})
	return messages, err
}
