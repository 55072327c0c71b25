package watch

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/quote"
)

// NewsKind is what happened between the people of an account.
type NewsKind string

// The kinds of news.
const (
	NewsJoined    NewsKind = "joined"    // to an owner: a guardian has come
	NewsLeft      NewsKind = "left"      // to an owner: a guardian has gone
	NewsDismissed NewsKind = "dismissed" // to a guardian: an owner ended their watching
	NewsEnded     NewsKind = "ended"     // to a guardian: the last owner left, and they with them
	NewsErased    NewsKind = "erased"    // the same, and the records are gone too; to that owner as well
	NewsForgotten NewsKind = "forgotten" // to every watcher: the bank had the account forgotten
	NewsAgain     NewsKind = "again"     // to an owner: a guardian took another invitation
	NewsHidden    NewsKind = "hidden"    // to a guardian: an owner hides amounts from them
	NewsShown     NewsKind = "shown"     // to a guardian: an owner shows them amounts
	// NewsLanguage is not shown to anybody: a person chose another language, which
	// their menu follows.
	NewsLanguage NewsKind = "language"
	// NewsConfirm is a mail to an address that somebody typed: it asks its
	// reader whether mails may come there.
	NewsConfirm NewsKind = "confirm"
	// NewsStep is a step of the trail: one that protects an account less than
	// before, or one that was taken back.
	NewsStep NewsKind = "step"
	// NewsEnrol is a mail to an address that a bank or an owner gave: it asks its
	// reader whether they want to watch.
	NewsEnrol NewsKind = "enrol"
	// NewsWelcome is a mail to somebody who began to watch by mail alone, and
	// NewsKey one with a link to their settings.
	NewsWelcome NewsKind = "welcome"
	NewsKey     NewsKind = "key"
	// NewsExposed reminds an owner, each month, that their settings keep debits of
	// a payment service from them.
	NewsExposed NewsKind = "exposed"
	// NewsGone is to all who still watch, and to the one who left over their other
	// channels: somebody watches no more.
	NewsGone NewsKind = "gone"
	// NewsSilent is to a person, once for each silence: their bank sends nothing, or
	// no debits, for hours. NewsHeard is to those who were told: it is heard again.
	NewsSilent NewsKind = "silent"
	NewsHeard  NewsKind = "heard"
	// NewsInquiry is to those who watch: their bank asks whether something is their
	// own doing.
	NewsInquiry NewsKind = "inquiry"
)

// NewsKinds lists the kinds of news.
var NewsKinds = []NewsKind{NewsJoined, NewsLeft, NewsDismissed, NewsEnded, NewsErased, NewsForgotten, NewsAgain, NewsHidden, NewsShown, NewsLanguage, NewsConfirm, NewsStep,
	NewsEnrol, NewsWelcome, NewsKey, NewsExposed, NewsGone, NewsSilent, NewsHeard, NewsInquiry}

// News is what queue.Chat carries in addition to LINE's events: one person is to hear
// of a guardian who came or went, or to see another menu. It holds all that there is to say, because
// the account may be forgotten by then.
type News struct {
	Kind NewsKind   `json:"kind"`
	Bank string     `json:"bank,omitempty"`
	Mask quote.Text `json:"mask,omitempty"`
	To   NewsTo     `json:"to"`
	// Guardian is who came or went, or, when the bank ended it, anybody; the
	// reader themselves unless an owner reads of a guardian.
	Guardian NewsOf `json:"guardian,omitzero"`
	// Turn tells apart news that may come true more than once of one guardian.
	Turn string `json:"turn,omitempty"`
	// Secret is what the link of NewsConfirm or NewsEnrol carries.
	Secret string `json:"secret,omitempty"`
	// Step is what NewsStep is about, by its id.
	Step string `json:"step,omitempty"`
	// Inquiry is what NewsInquiry is about, by its id.
	Inquiry string `json:"inquiry,omitempty"`
	// Erases tells that the account's records are to be erased if its owner does not
	// come back.
	Erases bool `json:"erases,omitempty"`
	// Ref is the account, if its reader may have no LINE.
	Ref string `json:"account_ref,omitempty"`
	// Alone tells that the news goes to To.Mail and not over LINE.
	Alone bool `json:"alone,omitempty"`
	// Over is the channel of the address To.Mail; see channel.Registry.Named. What has such
	// an address of NewsStep goes there alone, other news if LINE does not bring it.
	Over ChannelKind `json:"over,omitempty"`
	// Silent is what does not come, of NewsSilent and NewsHeard, empty for the whole
	// feed; Since is when it was last heard, and Back when it was heard again.
	Silent Kind      `json:"silent,omitempty"`
	Since  time.Time `json:"since,omitzero"`
	Back   time.Time `json:"back,omitzero"`

	Unknown jsontext.Value `json:",embed"`
}

// NewsTo is who is told.
type NewsTo struct {
	LineUser string `json:"line_user"`
	Watcher  string `json:"watcher,omitempty"`
	Lang     Lang   `json:"lang,omitempty"`
	// Mail is where they read mail, or another channel with addresses, which is
	// forgotten with the account; empty if none reaches them.
	Mail string `json:"mail,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}

// NewsOf is who came or went.
type NewsOf struct {
	LineUser   string     `json:"line_user"`
	Watcher    string     `json:"watcher"`
	Name       quote.Text `json:"name,omitempty"` // what the owner calls them
	HideAmount bool       `json:"hide_amount,omitempty"`
	Role       Role       `json:"role,omitempty"` // for NewsGone and NewsErased

	Unknown jsontext.Value `json:",embed"`
}

// Key is the same for the same news, however often it is queued.
func (n *News) Key() string {
	turn := n.Turn
	if n.Step != "" {
		turn = n.Step + "\x00" + n.Turn
	}
	if n.Inquiry != "" {
		turn = n.Inquiry
	}
	return DeriveUUID(string(n.Kind), n.Guardian.Watcher, n.To.Watcher, turn)
}

// NewsMessage is the body of a message with news in queue.Chat.
type NewsMessage struct {
	News *News `json:"news,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}
