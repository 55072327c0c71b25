package chat

import (
	"context"
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"

	"kozamori/internal/button"
	"kozamori/internal/line"
	"kozamori/internal/membership"
	"kozamori/internal/phrase"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// plan decides what happens for an event. It may be asked again for the same
// event, by a process that continues another's work.
func (t *talk) plan(ctx context.Context) (plan, error) {
	switch t.Event.Kind {
	case line.Follow:
		return t.follow(ctx)
	case line.Unfollow:
		return plan{}, t.Membership.Unfollowed(ctx, t.Event.User, t.at())
	case line.Postback:
		return t.postback(ctx)
	case line.AccountLink:
		return t.accountLink(ctx)
	case line.Text:
		// In standby another module of the channel has the word.
		if t.Event.Standby {
			return plan{}, nil
		}
		if t.Pasted != nil {
			return t.pasted(ctx)
		}
		if t.Event.File != nil {
			return t.file(ctx)
		}
		return t.text(ctx)
	}
	return plan{}, nil
}

// command is something that people ask for by a word.
type command struct {
	name  wording.Command
	words string // folded and separated by |, in addition to the word that we offer
	run   func(*talk, context.Context) (plan, error)
}

// commands are all of them.
func commands() []command {
	return []command{
		{wording.CmdList, "いちらん|未回答|回答する|answer|alerts", (*talk).list},
		{wording.CmdRecent, "お知らせ|履歴|history|recent", (*talk).recent},
		{wording.CmdTrouble, "困った|こまった|こまったとき|困ったときは|ヘルプ|へるぷ|助けて|たすけて|trouble", (*talk).trouble},
		{wording.CmdStop, "休む|お休み|一時停止|pause|mute", (*talk).askPause},
		{wording.CmdResume, "さいかい|再開する|すぐに再開する|restart|unpause|unmute", (*talk).resume},
		{wording.CmdLeave, "解除|かいじょ|解除する|登録解除|やめる|やめたい|退会|unsubscribe|quit", (*talk).askLeave},
		{wording.CmdConnect, "つなぐ|口座|口座登録|登録|登録コード|コード|はじめる|はじめ方|start|code|register", (*talk).connect},
		{wording.CmdGuide, "つかいかた|使いかた|メニュー|できること|menu|commands|?", (*talk).guide},
		{wording.CmdSettings, "せってい|設定する|setting|rules", (*talk).settings},
		{wording.CmdFamily, "かぞく|見守り家族|guardian|guardians", (*talk).family},
		{wording.CmdJapanese, "日本語で|日本語にする|japanese|にほんご|nihongo", (*talk).inJapanese},
		{wording.CmdEnglish, "英語|えいご|英語で|英語にする|eigo|in english", (*talk).inEnglish},
		{wording.CmdNotMe, "not me", (*talk).denied},
		{wording.CmdPhone, "でんわ|連絡先", (*talk).numbers},
		{wording.CmdServices, "サービス|つながっているサービス|連携|連携サービス|接続サービス|connected services|linked services", (*talk).services},
	}
}

// words is filled on first use. Like the lists of what the chat does it is no
// variable that is filled at the start: those link the whole chat into every
// function.
var words struct {
	once    sync.Once
	command map[string]command
}

// byWord finds a command by any of its words.
func byWord(word string) (command, bool) {
	words.once.Do(func() { words.command = commandWords() })
	c, ok := words.command[word]
	return c, ok
}

func commandWords() map[string]command {
	out := map[string]command{}
	for _, c := range commands() {
		words := strings.Split(c.words, "|")
		for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
			words = append(words, wording.Word(lang, c.name))
		}
		for _, w := range words {
			out[fold(w)] = c
		}
	}
	return out
}

// fold brings spellings of a word together: width, case, and what people put
// around words.
func fold(s string) string {
	return strings.Trim(strings.ToLower(norm.NFKC.String(s)), " \n\t。、.,!・「」\"'“”*")
}

func (t *talk) text(ctx context.Context) (plan, error) {
	word := fold(t.Event.Text)
	if c, ok := byWord(word); ok {
		return c.run(t, ctx)
	}
	if slip, ok := membership.Slipped(t.Event.Text); ok {
		lang, err := t.lang(ctx)
		return say(wording.CodeSlipped(lang, slip.Length, slip.Missing, slip.Letters)), err
	}
	if code, ok := membership.LooksLikeCode(t.Event.Text); ok {
		return t.redeem(ctx, code)
	}
	if code, ok := membership.LooksLikeInvite(t.Event.Text); ok {
		return t.invited(ctx, code)
	}
	if word == "" { // a sticker, a picture
		return t.guide(ctx)
	}
	if do, ok := meanings()[phrase.Read(t.Event.Text)]; ok {
		return do(t, ctx)
	}
	lang, err := t.lang(ctx)
	return say(wording.NotUnderstood(lang)), err
}

func (t *talk) guide(ctx context.Context) (plan, error) {
	lang, err := t.lang(ctx)
	return say(wording.Guide(lang)), err
}

// press is what a button of ours asks for.
type press func(*talk, context.Context, button.Press) (plan, error)

// presses are all of them. By whom it may be done and to what is decided by what
// the press asks, from LINE's user.
func presses() map[button.Verb]press {
	return map[button.Verb]press{
		button.NotMine: (*talk).answerAlert,
		button.Mine:    (*talk).answerAlert,
		button.Ask:     (*talk).ask,
		button.Undo:    (*talk).answerAlert,
		button.Trust:   (*talk).answerAlert,
		button.Leave:   (*talk).leave,
		button.Erase:   (*talk).erase,
		button.Join:    func(t *talk, ctx context.Context, p button.Press) (plan, error) { return t.join(ctx, p.Code) },
		button.Pause:   (*talk).pause,
		button.Restore: (*talk).restore,
		button.Control: (*talk).control,
	}
}

// postback acts on a button. Its data prove nothing: who acts is LINE's user.
func (t *talk) postback(ctx context.Context) (plan, error) {
	p, ok := button.Parse(t.Event.Postback)
	do, known := presses()[p.Verb]
	if !ok || !known {
		return t.useless(ctx)
	}
	return do(t, ctx, p)
}

func (t *talk) useless(ctx context.Context) (plan, error) {
	lang, err := t.lang(ctx)
	return say(wording.Useless(lang)), err
}
