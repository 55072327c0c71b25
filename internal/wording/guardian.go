package wording

import (
	"time"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// Guardian is somebody else who watches an account, as its owners know them: a
// guardian by their name on the family page, another owner as that. Its zero
// value is one who has left.
type Guardian struct {
	Name  string    // what the owner calls them, or a name of ours
	Since time.Time // set for a name of ours, which alone does not say who it is
}

var (
	tAnOwner       = text{ja: "口座の名義人", en: "An owner of the account"}
	tGuardNotMine  = text{ja: "見守り家族が「身に覚えがない」と回答しました", en: "A family member answered \"It was not them\""}
	tGuardSince    = text{ja: "回答した人が見守りを始めた日", en: "The person who answered has watched since"}
	tFamNumber     = text{ja: "見守り家族%d", en: "Family member %d"}
	tNamedMine     = text{ja: "%sが「本人の利用です」と回答しました", en: "%s answered \"It was them\""}
	tNamedNotMine  = text{ja: "%sが「身に覚えがない」と回答しました", en: "%s answered \"That was not me\""}
	tNamedTookBack = text{ja: "%sが「身に覚えがない」という回答を取り消しました", en: "%s took back the answer \"That was not me\""}
)

// GuardianOf finds out how the owners of an account know one of its watchers:
// by the name that they typed, else by a number if there are several without;
// an owner is called that.
func GuardianOf(lang watch.Lang, watchers []watch.Watcher, id string) Guardian {
	lang = langOf(lang)
	var nameless []watch.Watcher
	for _, w := range watchers {
		switch {
		case w.Role != watch.Guardian && w.ID == id:
			return Guardian{Name: tAnOwner.in(lang)}
		case w.Role != watch.Guardian:
		case label(w.Name) == "":
			nameless = append(nameless, w)
		case w.ID == id:
			return Guardian{Name: label(w.Name)}
		}
	}
	for i, w := range nameless {
		switch {
		case w.ID != id:
		case len(nameless) == 1:
			return Guardian{Name: tFamMember.in(lang), Since: w.Since}
		default:
			return Guardian{Name: tFamNumber.in(lang, i+1), Since: w.Since}
		}
	}
	return Guardian{}
}

// facts tell since when a guardian watches whose name alone does not say who
// they are.
func (g *Guardian) facts(lang watch.Lang) []message.Fact {
	if g.Since.IsZero() {
		return nil
	}
	return []message.Fact{{Label: tGuardSince.in(lang), Value: Date(lang, g.Since)}}
}

// title says who did something: a guardian by name, or some guardian.
func (g *Guardian) title(lang watch.Lang, named, some text) string {
	if g.Name == "" {
		return some.in(lang)
	}
	return named.in(lang, g.Name)
}
