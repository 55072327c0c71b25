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
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"kozamori/internal/bucket"
	"kozamori/internal/queue"
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

// Watch sends a message of each file with an ending that is new or another one, into
// queue.Files, until ctx ends. The first look tells of all: what is known is taken once.
func (b *Bucket) Watch(ctx context.Context, to queue.Sender, ending string, every time.Duration, log *slog.Logger) {
	for {
		if err := b.Look(ctx, to, ending); err != nil && ctx.Err() == nil {
			log.Error("the folder of banks' files cannot be looked into", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(every):
		}
	}
}

// Look is one look of Watch.
func (b *Bucket) Look(ctx context.Context, to queue.Sender, ending string) error {
	if b.told == nil {
		b.told = map[string]string{}
	}
	return fs.WalkDir(b.Root.FS(), ".", func(key string, d fs.DirEntry, err error) error {
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
		body, err := json.Marshal(put{&bucket.Put{Key: key, Version: version}})
		if err != nil {
			return err
		}
		bank, _, _ := strings.Cut(key, "/")
		if err := to.Send(ctx, queue.Files, queue.Outgoing{Body: body, Group: bank, Trace: "bucket"}); err != nil {
			return err
		}
		b.told[key] = version
		return nil
	})
}
