package watch_test

import (
	"regexp"
	"testing"

	"kozamori/internal/watch"
)

func TestARetryKeyIsAUUIDOfVersion5AndTheSameEachTime(t *testing.T) {
	form := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	seen := map[string]string{}
	for _, record := range []string{"r1", "r2", ""} {
		for _, d := range []watch.Delivery{{ID: "alert-w1-line"}, {ID: "alert-w2-line"}, {ID: "alert-w1-email"}} {
			key := d.RetryKey(record)
			if !form.MatchString(key) {
				t.Errorf("%s is not a UUID of version 5", key)
			}
			if d.State, d.Attempts = watch.Sending, 7; d.RetryKey(record) != key {
				t.Errorf("%s of %q has another key at a later attempt", d.ID, record)
			}
			if d.Take = 1; d.RetryKey(record) == key {
				t.Errorf("%s of %q has the same key although it says something else", d.ID, record)
			}
			once := d.RetryKey(record)
			if d.Take = 2; d.RetryKey(record) == once {
				t.Errorf("%s of %q has the same key although it says something else again", d.ID, record)
			}
			if other, taken := seen[key]; taken {
				t.Errorf("%s of %q has the key of %s", d.ID, record, other)
			}
			seen[key] = d.ID + " of " + record
		}
	}
}
