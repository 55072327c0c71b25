package bankapi

import (
	"net/http"

	"kozamori/internal/catalog"
)

type serviceReply struct {
	ID     string        `json:"id"`
	NameJa string        `json:"name_ja"`
	NameEn string        `json:"name_en"`
	Kind   catalog.Debit `json:"kind"`
}

type servicesReply struct {
	Services []serviceReply `json:"services"`
}

// listServices lists the payment services whose ids events may carry. It wants
// no key: the address names no bank, whose keys it could be looked up among,
// and the list is the same for all banks and holds nothing of any of them.
func (h *Handler) listServices(http.ResponseWriter, *http.Request, string) (int, any, error) {
	all := h.Services()
	rep := servicesReply{Services: make([]serviceReply, 0, len(all))}
	for _, s := range all {
		rep.Services = append(rep.Services, serviceReply{s.ID, s.NameJa, s.NameEn, s.Debit})
	}
	return http.StatusOK, rep, nil
}
