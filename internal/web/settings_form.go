package web

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// settingsForm reads the form of the settings page.
type settingsForm struct {
	wording.Values
	shown  []wording.Choice
	faults map[string]watch.Fault
}

func (f *settingsForm) lang() watch.Lang {
	if f.Get("lang") == string(watch.English) {
		return watch.English
	}
	return watch.Japanese
}

// shows tells whether the form had a rule among its fields. One of a version
// that did not say so had them all.
func (f *settingsForm) shows(rule string) bool {
	shown := f.Get(wording.FieldNameShows)
	return shown == "" || slices.Contains(strings.Fields(shown), rule)
}

// rules are the stored rules with what the form says in place of each that it
// shows. What cannot be read is a fault of its field.
func (f *settingsForm) rules(r watch.Rules, fold func(string) string, now time.Time) watch.Rules {
	for _, row := range watch.Table() {
		name, not := wording.RuleField(row.Name)
		if name == "" || !f.shows(row.Name) {
			continue
		}
		switch v := row.Value.(type) {
		case watch.Flag:
			*v.At(&r) = (f.Get(name) != "") != not
		case watch.Yen:
			*v.At(&r), _ = f.above(name, true)
		case watch.YenFor:
			*v.At(&r) = f.yenFor(name, *v.At(&r))
		case watch.Words:
			*v.At(&r) = f.words(name, fold)
		case watch.Hours:
			*v.At(&r) = f.hours(name, *v.At(&r))
		case watch.Until:
			*v.At(&r) = f.until(name, *v.At(&r), now)
		case watch.Trusted:
			*v.At(&r) = f.trusts(name, *v.At(&r), now)
		}
	}
	f.add(&r)
	return r
}

// add gives a service an amount of its own that had none.
func (f *settingsForm) add(r *watch.Rules) {
	// One of the two without the other was meant, and is not dropped.
	least, ok := f.above("add_min", true)
	switch add := f.Get("add"); {
	case add != "" && ok:
		r.ServiceMinFor = maps.Clone(r.ServiceMinFor)
		if r.ServiceMinFor == nil {
			r.ServiceMinFor = map[string]int64{}
		}
		r.ServiceMinFor[add] = least
	case add != "" && f.faults["add_min"] == "":
		f.faults["add_min"] = watch.FaultAmount
	case add == "" && ok:
		f.faults["add"] = wording.FaultChoose
	}
}

// yenFor reads the amounts of the services that the form shows.
func (f *settingsForm) yenFor(name string, stored map[string]int64) map[string]int64 {
	out := maps.Clone(stored)
	for _, c := range f.shown {
		field := name + "." + c.ID
		if !f.sent(field) {
			continue
		}
		delete(out, c.ID)
		was, known := stored[c.ID]
		if n, ok := f.above(field, !known || was > 0); ok {
			if out == nil {
				out = map[string]int64{}
			}
			out[c.ID] = n
		}
	}
	return out
}

// sent tells whether the form has a field, even an empty one.
func (f *settingsForm) sent(field string) bool { return len(f.Values[field]) > 0 }

// words reads a word a line.
func (f *settingsForm) words(name string, fold func(string) string) (out []string) {
	for line := range strings.Lines(f.Get(name)) {
		if word := fold(line); word != "" && !slices.Contains(out, word) {
			out = append(out, word)
		} else if word == "" && strings.TrimSpace(line) != "" {
			f.faults[name] = watch.FaultWord
		}
	}
	return out
}

// hours are the stored ones with what the form says, so that they keep what
// only another version knows of them.
func (f *settingsForm) hours(name string, stored *watch.Quiet) *watch.Quiet {
	begin, end := name+wording.FieldEndFrom, name+wording.FieldEndTo
	from, okFrom := minutes(f.Get(begin))
	to, okTo := minutes(f.Get(end))
	switch {
	case okFrom && okTo:
		var q watch.Quiet
		if stored != nil {
			q = *stored
		}
		q.From, q.To = from, to
		return &q
	case f.Get(begin) != "" || f.Get(end) != "":
		f.faults[end] = watch.FaultQuiet
	}
	return nil
}

// until is the stored end of a pause, or that of the pause that was chosen.
func (f *settingsForm) until(name string, stored, now time.Time) time.Time {
	choice := f.Get(name)
	end, ok := wording.PauseEnd(choice, now)
	switch {
	case ok:
		return end
	case choice != "":
		f.faults[name] = wording.FaultPause
	}
	return stored
}

// trusts are those that stay: neither ticked to be ended nor over.
func (f *settingsForm) trusts(name string, stored []watch.Trust, now time.Time) (out []watch.Trust) {
	for _, t := range stored {
		if !f.Has(name, trustKey(t)) && now.Before(t.Until) {
			out = append(out, t)
		}
	}
	return out
}

func trustKey(t watch.Trust) string {
	return t.Service + "|" + strconv.FormatInt(t.UpTo, 10) + "|" + strconv.FormatInt(t.Until.Unix(), 10)
}

// yen reads an amount as people write it: 10,000円, １万. False if the field
// is empty, or wrong, which is its fault.
func (f *settingsForm) yen(name string) (int64, bool) {
	t := norm.NFKC.String(f.Get(name))
	t = strings.NewReplacer(",", "", "、", "", "円", "", "¥", "", "\\", "", " ", "").Replace(t)
	if t == "" {
		return 0, false
	}
	t, tens := strings.CutSuffix(t, "万")
	n, err := strconv.ParseUint(t, 10, 53)
	if tens {
		n *= 10_000
	}
	if err != nil || n > watch.MaxYen {
		f.faults[name] = watch.FaultAmount
		return 0, false
	}
	return int64(n), true
}

// above is yen of an amount from which on somebody is told. 0 means all to some
// and nothing to others, and the wrong guess is silence: it is a fault, unless
// it stands there since a version that took it.
func (f *settingsForm) above(name string, refuse bool) (int64, bool) {
	n, ok := f.yen(name)
	if ok && n == 0 && refuse {
		f.faults[name] = wording.FaultZero
		return 0, false
	}
	return n, ok
}

// minutes reads "22:30" as minutes after midnight.
func minutes(s string) (int, bool) {
	t, err := time.Parse("15:04", strings.TrimSpace(norm.NFKC.String(s)))
	return t.Hour()*60 + t.Minute(), err == nil
}
