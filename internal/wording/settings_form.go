package wording

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"kozamori/internal/button"
	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// The ends of the fields of hours.
const (
	FieldEndFrom = "_from"
	FieldEndTo   = "_to"
)

// FieldNameShows is the field that names the rules of a form, so that a form
// of another version leaves the rest as it is.
const FieldNameShows = "shows"

// FieldOf is the field that shows what is wrong with a rule.
func (f *SettingsFacts) FieldOf(rule string) string {
	name, _, _ := strings.Cut(rule, ".")
	for _, x := range f.fields(nil) {
		if x.Name == rule || x.Name == wordsOf(name).name() || x.Name == name+FieldEndTo {
			return x.Name
		}
	}
	return "add" // a service that was being added
}

// shows names the rules of the form.
func (f *SettingsFacts) shows() message.Field {
	var names []string
	for _, w := range aboutRules {
		if w.group != nil {
			names = append(names, w.rule)
		}
	}
	return message.Field{Kind: message.FieldHidden, Name: FieldNameShows, Value: strings.Join(names, " ")}
}

// groups are the rules and the language, filled with values.
func (f *SettingsFacts) groups(v Values) []message.Group {
	lang := langOf(f.View.Lang)
	var out []message.Group
	for _, g := range []*ruleGroup{&groupBasic, &groupEach, &groupOther, &groupQuiet, &groupPause, &groupTrusts} {
		fields := f.fieldsOf(g, v)
		if len(fields) == 0 {
			continue
		}
		group := message.Group{Title: g.title.in(lang), Fields: fields, Says: f.says(g, fields, v)}
		if g.hint != nil {
			group.Text = []string{g.hint.in(lang)}
		}
		out = append(out, group)
	}
	language := message.Group{Title: tSetLangHead.in(lang), Fields: []message.Field{{Kind: message.FieldSelect, Name: "lang", Label: tSetLang.in(lang), Hint: tSetLangHint.in(lang), Value: v.Get("lang"),
		Options: []message.Option{{Value: "ja", Label: tSetJapanese.in(lang)}, {Value: "en", Label: tSetEnglish.in(lang)}}}}}
	language.Says = tSetNowIs.in(lang, pick(v.Get("lang") == string(watch.English), tSetEnglish, tSetJapanese).in(lang))
	return append(out, language)
}

// fieldsOf draws the rules of a group. Rules that are set for each service
// stand together under the service.
func (f *SettingsFacts) fieldsOf(g *ruleGroup, v Values) []message.Field {
	lang := langOf(f.View.Lang)
	var out []message.Field
	var each []ruleWords
	for _, w := range aboutRules {
		if w.group != g {
			continue
		}
		if _, ok := w.value().(watch.YenFor); ok {
			each = append(each, w)
			continue
		}
		out = append(out, f.fieldsFor(w, v)...)
	}
	if len(each) == 0 {
		return out
	}
	for _, s := range f.Shown {
		for _, w := range each {
			out = append(out, yenField(lang, v, w.name()+"."+s.ID, w.label.in(lang, s.Name), ""))
		}
	}
	add := message.Field{Kind: message.FieldSelect, Name: "add", Label: tSetAdd.in(lang), Value: v.Get("add"), Options: []message.Option{{Value: "", Label: tSetAddNone.in(lang)}}}
	for _, s := range f.Services {
		if !slices.Contains(f.Shown, s) {
			add.Options = append(add.Options, message.Option{Value: s.ID, Label: s.Name})
		}
	}
	return append(out, add, yenField(lang, v, "add_min", tSetAddMin.in(lang), ""))
}

// fieldsFor draws one rule.
func (f *SettingsFacts) fieldsFor(w ruleWords, v Values) []message.Field {
	lang, name := langOf(f.View.Lang), w.name()
	switch w.value().(type) {
	case watch.Flag:
		return []message.Field{{Kind: message.FieldCheck, Name: name, Label: w.label.in(lang), Checked: v.Get(name) != ""}}
	case watch.Yen:
		return []message.Field{yenField(lang, v, name, w.label.in(lang), w.hint.in(lang))}
	case watch.Words:
		return []message.Field{{Kind: message.FieldLines, Name: name, Label: w.label.in(lang), Hint: w.hint.in(lang), Value: v.Get(name)}}
	case watch.Hours:
		return []message.Field{{Kind: message.FieldTime, Name: name + FieldEndFrom, Label: w.label.in(lang), Value: v.Get(name + FieldEndFrom)},
			{Kind: message.FieldTime, Name: name + FieldEndTo, Label: w.end.in(lang), Value: v.Get(name + FieldEndTo)}}
	case watch.Until:
		return []message.Field{f.pauseField(name, w.label.in(lang), v)}
	case watch.Trusted:
		var out []message.Field
		for _, t := range f.Trusts {
			out = append(out, message.Field{Kind: message.FieldCheck, Name: name, Value: t.Key, Checked: v.Has(name, t.Key),
				Label: w.label.in(lang, t.Name, Yen(lang, t.UpTo), Date(lang, t.Until))})
		}
		return out
	}
	return nil
}

// pauseField offers the pauses that the chat offers, and to end the one that runs.
func (f *SettingsFacts) pauseField(name, label string, v Values) message.Field {
	lang := langOf(f.View.Lang)
	out := message.Field{Kind: message.FieldSelect, Name: name, Label: label, Value: v.Get(name), Options: []message.Option{{Label: tSetPauseNot.in(lang)}}}
	if until, ok := f.paused(); ok {
		out.Options = []message.Option{{Label: tSetPauseKeep.in(lang, Time(lang, until, f.Now))}, {Value: PauseOver, Label: tcPausedResume.in(lang)}}
	}
	_, today := morning(f.Now)
	out.Options = append(out.Options, message.Option{Value: PauseShort, Label: tcPauseFor.in(lang, hours(button.Short))},
		message.Option{Value: PauseMorning, Label: pick(today, tcPauseToday, tcPauseMorning).in(lang, morningHour)},
		message.Option{Value: PauseLong, Label: tcPauseFor.in(lang, weeks(button.Long))})
	return out
}

// paused is until when the watcher has paused, if they have.
func (f *SettingsFacts) paused() (time.Time, bool) {
	until := f.View.Watcher.Rules.PausedUntil
	return until, until.After(f.Now)
}

func yenField(lang watch.Lang, v Values, name, label, hint string) message.Field {
	return message.Field{Kind: message.FieldNumber, Name: name, Label: label, Hint: hint, Unit: tSetYen.in(lang), Value: v.Get(name)}
}

var (
	tSaysTold  = text{ja: "%[1]s：%[2]s以上 → 知らせる", en: "%[1]s: %[2]s or more → told"}
	tSaysNever = text{ja: "%s → 金額では知らせない", en: "%s → not told by amount"}
	tSaysTotal = text{ja: "%[1]s：月の合計%[2]s以上 → 知らせる", en: "%[1]s: %[2]s or more in a month → told"}
	tSaysFlags = text{ja: "ほか%d件 → 知らせる", en: "%d more → told"}
)

// says tells in a sentence what a group does: PayPay：1円以上 → 知らせる.
func (f *SettingsFacts) says(g *ruleGroup, fields []message.Field, v Values) string {
	lang := langOf(f.View.Lang)
	amount := func(name, what string, told text) string {
		yen, err := strconv.ParseInt(v.Get(name), 10, 64)
		switch {
		case err != nil: // empty, or as it was typed and refused
			return ""
		case yen == 0:
			return tSaysNever.in(lang, what)
		}
		return told.in(lang, what, Yen(lang, yen))
	}
	var parts []string
	switch g {
	case &groupBasic:
		parts = append(parts, orElse(amount("service_min", tSetBasic.in(lang), tSaysTold), tSaysNever.in(lang, tSetBasic.in(lang))))
	case &groupOther:
		parts = append(parts, orElse(amount("any_debit", tSetOther.in(lang), tSaysTold), tSaysNever.in(lang, tSetOther.in(lang))))
	case &groupEach:
		for _, s := range f.Shown {
			parts = append(parts, amount("service_min_for."+s.ID, s.Name, tSaysTold), amount("monthly_total."+s.ID, s.Name, tSaysTotal))
		}
	case &groupPause:
		if until, ok := f.paused(); ok {
			parts = append(parts, tSetPaused.in(lang, Time(lang, until, f.Now)))
		}
	default:
		return summary(lang, fields)
	}
	on := 0
	for _, x := range fields {
		if x.Kind == message.FieldCheck && x.Checked || x.Kind == message.FieldLines && strings.TrimSpace(x.Value) != "" {
			on++
		}
	}
	if on > 0 {
		parts = append(parts, tSaysFlags.in(lang, on))
	}
	parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
	if len(parts) == 0 {
		return tSetNowNone.in(lang)
	}
	between := "／"
	if lang == watch.English {
		between = " / "
	}
	return tSetNowIs.in(lang, strings.Join(parts, between))
}

// summary says in a line what the fields of a group hold.
func summary(lang watch.Lang, fields []message.Field) string {
	n := 0
	for _, x := range fields {
		switch x.Kind {
		case message.FieldCheck:
			if x.Checked || x.Value != "" { // one of a list stands for what it ends
				n++
			}
		case message.FieldSelect:
		case message.FieldTime:
			from, to := x.Value, fields[1].Value
			if from == "" || to == "" {
				return tSetNowNone.in(lang)
			}
			return pick(from > to, tSetNowNight, tSetNowQuiet).in(lang, from, to)
		default:
			if strings.TrimSpace(x.Value) != "" {
				n++
			}
		}
	}
	if n == 0 {
		return tSetNowNone.in(lang)
	}
	return tSetNow.in(lang, n)
}

// fields are those of the groups.
func (f *SettingsFacts) fields(v Values) []message.Field {
	var out []message.Field
	for _, g := range f.groups(v) {
		out = append(out, g.Fields...)
	}
	return out
}

// SettingsValues fills the form from rules.
func SettingsValues(r *watch.Rules, lang watch.Lang) Values {
	v := Values{"lang": {string(langOf(lang))}}
	for _, w := range aboutRules {
		if w.group == nil {
			continue
		}
		name := w.name()
		put := func(name, value string) { v[name] = []string{value} }
		switch value := w.value().(type) {
		case watch.Flag:
			if *value.At(r) != w.not {
				put(name, "on")
			}
		case watch.Yen:
			if value.On(r) {
				put(name, digits(*value.At(r)))
			}
		case watch.YenFor:
			for id, n := range *value.At(r) {
				put(name+"."+id, digits(n))
			}
		case watch.Words:
			if value.On(r) {
				put(name, strings.Join(*value.At(r), "\n"))
			}
		case watch.Hours:
			if q := *value.At(r); q != nil {
				put(name+FieldEndFrom, clock(q.From))
				put(name+FieldEndTo, clock(q.To))
			}
		}
	}
	return v
}

func digits(yen int64) string { return strconv.FormatInt(yen, 10) }

// clock writes minutes after midnight: 22:30.
func clock(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }
