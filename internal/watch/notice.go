package watch

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Notice says why one watcher is told of a record.
type Notice struct {
	Watcher string  `json:"watcher"`
	Reasons Reasons `json:"reasons"`
	// EscalateAt is when the next channel, then the guardians, are told
	// without an answer; zero when there is nothing left to escalate to.
	EscalateAt time.Time `json:"escalate_at,omitzero"`
	// Called says why somebody is told although no rule of theirs matched.
	Called Call `json:"called,omitempty"`
	// Asked is when the person who has not answered was first told, of somebody who
	// is told because of that.
	Asked time.Time `json:"asked,omitzero"`
	// Spared tells that it was undone while its message waited for the end of
	// quiet hours.
	Spared bool `json:"spared,omitempty"`
	// Knows is what the record said before some of it came back, of a watcher to
	// whom it is history: the return alone is told. See BackNow.
	Knows *Shown `json:"knows,omitempty"`
	// Silenced tells that a trust had kept it from the watcher: they are told since
	// a report ended that.
	Silenced bool `json:"silenced,omitempty"`
	// Related is the report about another account of the watcher, by its dispute, of
	// whose story it is told: it is new after that, or came to light with it (Silenced).
	Related string `json:"related,omitempty"`
	// Second are those of the reasons that are true of what Record.Second names, and
	// not of the Service.
	Second Reasons `json:"second,omitzero"`

	Unknown jsontext.Value `json:",embed"`
}

// Call is why the family is called about an alert.
type Call string

// The reasons to call the family.
const (
	CallUnanswered Call = "unanswered" // not answered in time
	CallReported   Call = "reported"   // somebody said "not mine"
	// CallAgain is no call of the family: its reader did not answer over another
	// channel.
	CallAgain Call = "again"
)

// Critical tells whether the notice, of a record, must break through quiet hours.
func (n Notice) Critical(of *Record) bool { return n.urgency(of).Critical() }

// urgency are the reasons by which it is decided how urgent that is.
func (n Notice) urgency(of *Record) Reason {
	if of.File != "" {
		return n.Reasons.InFile()
	}
	return n.Reasons.Reason
}

// Notice finds a watcher's notice.
func (r *Record) Notice(watcher string) (*Notice, bool) {
	for i := range r.Notices {
		if r.Notices[i].Watcher == watcher {
			return &r.Notices[i], true
		}
	}
	return nil, false
}

// Related is the report about another account of a watcher to which the incident
// belongs, by its dispute; empty if there is none.
func (r *Record) Related(watcher string) string {
	for _, p := range r.Parts() {
		if n, ok := p.Notice(watcher); ok && n.Related != "" {
			return n.Related
		}
	}
	return ""
}

// related is what a delivery that says these things names so: nothing if it tells of
// nothing new, or a report of this account covers that.
func (r *Record) related(d *Delivery, says []Said) string {
	for _, s := range says {
		if p, ok := r.Part(s.Record); ok && s.Was == nil && !p.Gone() && d.Report == "" {
			return r.Related(d.Watcher)
		}
	}
	return ""
}
