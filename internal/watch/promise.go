package watch

import "time"

// What people are told of times and counts, and what the packages that keep
// the promises go by: one number, so that a sentence cannot say another.
const (
	CodeLen   = 12                 // letters and digits of an enrolment code
	CodeFor   = 15 * time.Minute   // that an enrolment code works
	InviteFor = 24 * time.Hour     // that an invitation works
	MailFor   = time.Hour          // that a mail address can be confirmed
	JoinFor   = 7 * 24 * time.Hour // that an enrolment by mail waits for its reader
	KeyFor    = 30 * time.Minute   // that the link to the settings works which comes by mail
	LinkFor   = 10 * time.Minute   // that the way into the bank's page works
	DoorFor   = 10 * time.Minute   // that the link to the settings works
	VisitFor  = 30 * time.Minute   // that the settings stay open
	UndoFor   = 10 * time.Minute   // that "not mine" can be taken back
	PageFor   = 2 * time.Hour      // that the page of an alert can be used, once opened

	// MailsWithin is the time in which a few confirmation mails may be asked for.
	MailsWithin = 2 * time.Hour
	// KeysWithin is the time in which a few mails with a link to the settings may be.
	KeysWithin = 2 * time.Hour
	// OpenFor is how long an incident is offered to be answered in the chat.
	OpenFor = 90 * 24 * time.Hour
)
