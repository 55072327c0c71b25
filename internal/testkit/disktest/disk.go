// Package disktest opens the table and the queues in a folder, for tests of what a
// folder keeps. Others stand on worldtest, whose worlds lie in memory.
package disktest

import (
	"errors"

	"kozamori/internal/engine"
	queues "kozamori/internal/queue/embedded"
	"kozamori/internal/store/embedded"
)

// Disk is a table and queues in a folder, which they share as in programs.
type Disk struct {
	Table *embedded.Table
	Queue *queues.Queue
	db    *engine.DB
}

// Open opens what is in a folder, or makes it; the table goes by the queues'
// clock. It lays less aside, for its log and for a full disk, than programs do, which
// would cost more than most tests.
func Open(dir string, o queues.Options) (*Disk, error) {
	db, err := engine.Open(dir, engine.Options{Reserve: 4096, Memory: 1 << 20})
	if err != nil {
		return nil, err
	}
	q, err := queues.On(db, o)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &Disk{Table: embedded.On(db, embedded.Options{Now: o.Now}), Queue: q, db: db}, nil
}

// Moment counts the commits.
func (d *Disk) Moment() uint64 { return d.db.Moment() }

// Close ends them after the writes under way.
func (d *Disk) Close() error { return errors.Join(d.Queue.Close(), d.Table.Close(), d.db.Close()) }
