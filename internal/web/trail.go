package web

import (
	"net/http"
	"strconv"

	"kozamori/internal/membership"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// pageSteps are the steps on a page of the trail.
const pageSteps = 20

// trail shows who changed what protects the account.
func (s *site) trail(w http.ResponseWriter, r *http.Request, g *guest, b membership.Bound) {
	n, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil || n < 1 || n > pagesMost {
		n = 1
	}
	steps, more, err := s.steps(r, b, (n-1)*pageSteps, pageSteps)
	if !s.at(w, r, err) {
		return
	}
	f := wording.TrailFacts{View: s.view(r.Context(), g, b), Home: homePath, Now: s.Now()}
	if more && n < pagesMost {
		f.Older = f.View.Path + "/trail?page=" + strconv.Itoa(n+1)
	}
	for i := range steps {
		f.Steps = append(f.Steps, s.stepLine(&steps[i], b, g.Lang))
	}
	s.page(w, http.StatusOK, wording.TrailPage(f))
}

// steps are those of the account's trail since the person watches it, newest
// first, but the first skip, and whether there are more than most.
func (s *site) steps(r *http.Request, b membership.Bound, skip, most int) (out []watch.Step, more bool, err error) {
	for step, err := range s.Store.Trail(r.Context(), b.Account.AccountKey) {
		switch {
		case err != nil:
			return nil, false, err
		case step.At.Before(b.Watcher.Since):
			return out, false, nil
		case skip > 0:
			skip--
		case len(out) == most:
			return out, true, nil
		default:
			out = append(out, *step)
		}
	}
	return out, false, nil
}

func (s *site) stepLine(step *watch.Step, b membership.Bound, lang watch.Lang) wording.StepLine {
	return wording.StepLine{Step: step, Reader: &b.Watcher, Called: wording.Called(b.Account, &b.Watcher), Service: func(id string) string {
		name, _ := s.Names.Service(id, lang)
		return name
	}, Channel: s.Channels.Name}
}
