package wording

import (
	"testing"
	"time"

	"kozamori/internal/watch"
)

// How long something took is never said as more than it was, but as "about" so much.
func TestHowLongDebitsGoOnIsNotRoundedInSilence(t *testing.T) {
	const day = 24 * time.Hour
	for d, want := range map[time.Duration][2]string{
		0:                                   {"", ""},
		300 * time.Millisecond:              {"", ""},
		time.Second:                         {"（1秒間）", " (in 1 s)"},
		59 * time.Second:                    {"（59秒間）", " (in 59 s)"},
		time.Minute:                         {"（60秒間）", " (in 60 s)"},
		75 * time.Second:                    {"（75秒間）", " (in 75 s)"},
		89 * time.Second:                    {"（89秒間）", " (in 89 s)"},
		90 * time.Second:                    {"（90秒間）", " (in 90 s)"},
		119 * time.Second:                   {"（119秒間）", " (in 119 s)"},
		119*time.Second + 600*1e6:           {"（2分間）", " (in 2 min)"},
		2 * time.Minute:                     {"（2分間）", " (in 2 min)"},
		2*time.Minute + time.Second:         {"（約2分間）", " (in about 2 min)"},
		59*time.Minute + 31*time.Second:     {"（約60分間）", " (in about 60 min)"},
		time.Hour:                           {"（60分間）", " (in 60 min)"},
		time.Hour + 59*time.Minute:          {"（119分間）", " (in 119 min)"},
		2*time.Hour - time.Second:           {"（約120分間）", " (in about 120 min)"},
		2 * time.Hour:                       {"（2時間）", " (in 2 h)"},
		2*time.Hour + 42*time.Second:        {"（約2時間）", " (in about 2 h)"},
		2*time.Hour + 29*time.Minute:        {"（約2時間）", " (in about 2 h)"},
		2*time.Hour + 30*time.Minute:        {"（約3時間）", " (in about 3 h)"},
		23*time.Hour + 59*time.Minute:       {"（約24時間）", " (in about 24 h)"},
		day:                                 {"（24時間）", " (in 24 h)"},
		47*time.Hour + 59*time.Minute:       {"（約48時間）", " (in about 48 h)"},
		2 * day:                             {"（2日間）", " (in 2 days)"},
		2*day + time.Minute:                 {"（約2日間）", " (in about 2 days)"},
		6*day + 13*time.Hour:                {"（約7日間）", " (in about 7 days)"},
		29*day + 12*time.Hour + time.Minute: {"（約30日間）", " (in about 30 days)"},
	} {
		for i, lang := range []watch.Lang{watch.Japanese, watch.English} {
			if got := within(lang, d); got != want[i] {
				t.Errorf("%v in %s is %q, want %q", d, lang, got, want[i])
			}
		}
	}
}

// What joins an incident while a message is tried changes nothing of it, and a service
// that is new in it does not go on.
func TestWhatJoinsLaterDoesNotChangeTheTitle(t *testing.T) {
	lead := debit()
	lead.Complete = true
	add := func(id, service string) {
		r := debit()
		r.ID, r.Service, r.Complete = id, service, true
		r.Notices = []watch.Notice{{Watcher: "w1", Reasons: watch.Because(watch.ServiceDebit)}}
		lead.Join(r)
	}
	at := lead.RecordedAt
	lead.Deliveries = []watch.Delivery{
		{ID: "d1", Kind: watch.TellAlert, Watcher: "w1", Channel: watch.LINE, State: watch.Accepted, CreatedAt: at},
		{ID: "d2", Kind: watch.TellMore, Watcher: "w1", Channel: watch.LINE, State: watch.Queued, CreatedAt: at.Add(time.Minute), Says: []watch.Said{{Record: "b"}, {Record: "c"}}},
	}
	names := Names{Bank: func(string) (string, Contact) { return "", Contact{} }, Service: func(id string) (string, Contact) { return id, Contact{} }}
	title := func() string {
		d := lead.Deliveries[1]
		f := IncidentOf(lead, d.Says, d, &watch.Watcher{ID: "w1"}, names, "", false)
		f.Debits, f.Yen, f.First, f.Last = lead.SumTold(&d)
		return Incident(f).Title
	}
	add("b", "kyash")
	add("c", "kyash")
	first := title()
	add("d", "kyash")
	if again := title(); first != again || first != "あなたの口座から、kyashの引き落としが2回ありました" {
		t.Errorf("at first %q, when more has joined %q", first, again)
	}
	lead.Members[0].Is.Service, lead.Members[1].Is.Service = lead.Service, lead.Service
	if got := title(); got != "docomoによるあなたの口座からの引き落としが続いています" {
		t.Errorf("of the same service: %q", got)
	}
}
