package embedded

import (
	"context"

	"kozamori/internal/kv"
	"kozamori/internal/queue"
	"kozamori/internal/store"
)

// Together writes to a table and queues jobs in one commit, with one sync. The table must
// lie in the engine of the queues. queue.ErrNoQueue, and nothing was done, if there is no
// queue for one of the jobs; a *store.ConditionError as from the table's Write.
func (q *Queue) Together(table interface {
	Part(writes ...store.Write) (kv.Part, error)
}) func(ctx context.Context, writes []store.Write, jobs *queue.Jobs) error {
	return func(ctx context.Context, writes []store.Write, jobs *queue.Jobs) error {
		part, err := table.Part(writes...)
		if err != nil {
			return err
		}
		parts := []kv.Part{part}
		if err := jobs.Each(func(n queue.Name, msgs []queue.Outgoing) error {
			part, err := q.Part(n, msgs...)
			parts = append(parts, part)
			return err
		}); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		return q.db.Commit(ctx, parts...)
	}
}
