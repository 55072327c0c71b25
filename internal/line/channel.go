package line

import (
	"kozamori/internal/channel"
	"kozamori/internal/watch"
)

// Channel is what the system knows of LINE as a way to reach people. LINE
// drops the second copy of a push by its retry key, so two workers may meet.
var Channel = channel.Channel{
	Kind:     watch.LINE,
	Label:    map[watch.Lang]string{watch.Japanese: "LINE", watch.English: "LINE"},
	Parallel: 64,
	InPlace:  true,
	Key:      func(record string, d *watch.Delivery) string { return d.RetryKey(record) },
	Address:  func(w *watch.Watcher, _ *watch.Channel) string { return w.LineUser },
}
