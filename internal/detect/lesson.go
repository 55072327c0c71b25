package detect

import (
	"kozamori/internal/catalog"
	"kozamori/internal/lesson"
	"kozamori/internal/watch"
)

// learn counts what the catalogue did not know of a debit.
func (s *Stage) learn(w *work) {
	e := w.event
	if s.Lessons == nil || e.Kind != watch.Debit {
		return
	}
	if e.Rail != "" && !catalog.KnownRail(e.Rail) {
		s.Lessons.Saw(e.Account(), lesson.Rail, catalog.Fold(e.Rail), "")
	}
	switch w.gap {
	case catalog.UnknownWord:
		s.Lessons.Saw(e.Account(), lesson.Word, catalog.Form(e.Descriptor.Raw()+e.Detail.Raw()), w.match.Service)
	case catalog.UnknownName:
		s.Lessons.Saw(e.Account(), lesson.Unnamed, catalog.Form(e.Descriptor.Raw()+e.Detail.Raw()), "")
	case catalog.UnknownService:
		s.Lessons.Saw(e.Account(), lesson.Service, e.Service, "")
	}
}
