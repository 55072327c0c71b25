package operator

import (
	"context"
	"encoding/json"
	"net/http"
	"path/filepath"
	"time"

	"kozamori/infra/folder"
	"kozamori/internal/engine"
	"kozamori/internal/health"
)

// Files is what an operator does to the files of a local stack, whether it runs
// or not. There are none on AWS, where the table has backups of its own.
type Files interface {
	// Backup copies all of one moment into a new folder and reads it back.
	Backup(ctx context.Context, dir string, progress engine.Progress) (engine.Backup, error)
	// LastBackup is when the last one was taken that could be read back; the zero
	// time if there never was one.
	LastBackup(ctx context.Context) (time.Time, error)
	// Disk is how much is left for it.
	Disk(ctx context.Context) (health.Disk, error)
	// Check reads everything, and says how many entries there are.
	Check(ctx context.Context, progress engine.Progress) (int64, error)
	// Compact gives back what is not needed, and says how many bytes are taken
	// before and after.
	Compact(ctx context.Context) (before, after int64, err error)
}

var _ Files = (*folder.Data)(nil)

// Backup is for Files.
func (b *remote) Backup(ctx context.Context, dir string, progress engine.Progress) (engine.Backup, error) {
	dir, err := filepath.Abs(dir) // the stack may run elsewhere
	if err != nil {
		return engine.Backup{}, err
	}
	out, err := b.long(ctx, "backup", asked{Name: dir}, progress)
	if err != nil || out.Backup == nil {
		return engine.Backup{}, err
	}
	return *out.Backup, nil
}

// LastBackup is for Files.
func (b *remote) LastBackup(ctx context.Context) (time.Time, error) {
	out, err := b.long(ctx, "last-backup", asked{}, nil)
	if out == nil || out.Value == "" {
		return time.Time{}, err
	}
	return time.Parse(time.RFC3339, out.Value)
}

// Disk is for Files.
func (b *remote) Disk(ctx context.Context) (health.Disk, error) {
	out, err := b.long(ctx, "disk", asked{}, nil)
	if out == nil || out.Disk == nil {
		return health.Disk{}, err
	}
	return *out.Disk, err
}

// Check is for Files.
func (b *remote) Check(ctx context.Context, progress engine.Progress) (int64, error) {
	out, err := b.long(ctx, "check", asked{}, progress)
	if out == nil {
		return 0, err
	}
	return out.Bytes[0], err
}

// Compact is for Files.
func (b *remote) Compact(ctx context.Context) (before, after int64, err error) {
	out, err := b.long(ctx, "compact", asked{}, nil)
	if out == nil {
		return 0, 0, err
	}
	return out.Bytes[0], out.Bytes[1], err
}

// serveFiles adds what takes long to what a stack serves: documents with
// progress come before the last one.
func (l *Server) serveFiles(mux *http.ServeMux) {
	long := func(name string, do func(context.Context, *asked, *answered, engine.Progress) error) {
		mux.HandleFunc("POST /"+name, func(w http.ResponseWriter, r *http.Request) {
			var in asked
			if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
				http.Error(w, "not JSON", http.StatusBadRequest)
				return
			}
			to, flusher := json.NewEncoder(w), http.NewResponseController(w)
			var out answered
			err := do(r.Context(), &in, &out, func(done, all int64) {
				_ = to.Encode(answered{Progress: []int64{done, all}}) // a client that left cancels the context
				_ = flusher.Flush()
			})
			if err != nil {
				out.Fault = err.Error()
			}
			_ = to.Encode(&out)
		})
	}
	long("backup", func(ctx context.Context, in *asked, out *answered, progress engine.Progress) error {
		b, err := l.Files.Backup(ctx, in.Name, progress)
		out.Backup = &b
		return err
	})
	long("last-backup", func(ctx context.Context, _ *asked, out *answered, _ engine.Progress) error {
		at, err := l.Files.LastBackup(ctx)
		if err == nil && !at.IsZero() {
			out.Value = at.Format(time.RFC3339)
		}
		return err
	})
	long("disk", func(ctx context.Context, _ *asked, out *answered, _ engine.Progress) error {
		d, err := l.Files.Disk(ctx)
		out.Disk = &d
		return err
	})
	long("check", func(ctx context.Context, _ *asked, out *answered, progress engine.Progress) (err error) {
		out.Bytes[0], err = l.Files.Check(ctx, progress)
		return err
	})
	long("compact", func(ctx context.Context, _ *asked, out *answered, _ engine.Progress) (err error) {
		out.Bytes[0], out.Bytes[1], err = l.Files.Compact(ctx)
		return err
	})
}
