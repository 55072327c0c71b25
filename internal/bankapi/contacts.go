package bankapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"kozamori/internal/phone"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// errContactsChanged says that the numbers are not those any more that were read.
var errContactsChanged = errors.New("bankapi: the numbers were changed since they were read")

const contactsPath = "/v1/banks/{bank}/contacts"

// contactReply is a number that the bank's customers are told to call.
type contactReply struct {
	Phone     string `json:"phone"`
	For       string `json:"for,omitempty"`
	Hours     string `json:"hours,omitempty"`
	CheckedOn string `json:"checked_on,omitempty"` // absent if it was never said
}

type contactsBody struct {
	Contacts []contactReply `json:"contacts"`
}

func replyOfContacts(b *store.Bank) contactsBody {
	out := contactsBody{Contacts: []contactReply{}}
	for _, c := range b.Contacts() {
		out.Contacts = append(out.Contacts, contactReply{c.Phone, c.For, c.Hours, c.On})
	}
	return out
}

// tenant reads the bank of a request. A key can be older than its bank's entry.
func (h *Handler) tenant(ctx context.Context, bank string) (*store.Bank, error) {
	b, err := h.Store.Bank(ctx, bank)
	if errors.Is(err, store.ErrNotFound) {
		return &store.Bank{Code: bank}, nil
	}
	return b, err
}

// tag is what If-Match calls these numbers: it is made of them, so other changes of
// the bank leave it as it is.
func (c contactsBody) tag() string {
	h := sha256.New()
	for _, one := range c.Contacts {
		for _, s := range []string{one.Phone, one.For, one.Hours, one.CheckedOn} {
			_, _ = fmt.Fprintf(h, "%d:%s", len(s), s)
		}
	}
	return `"` + hex.EncodeToString(h.Sum(nil)[:12]) + `"`
}

// names tells whether a list of tags, as If-Match has it, names one; none at all
// and * name any.
func names(r *http.Request, tag string) bool {
	list, given := tagsOf(r)
	if !given {
		return true
	}
	for one := range strings.SplitSeq(list, ",") {
		if one = strings.TrimSpace(one); one == tag || one == "*" {
			return true
		}
	}
	return false
}

// contactsOf answers with a bank's numbers and their tag.
func contactsOf(w http.ResponseWriter, b *store.Bank) (int, any, error) {
	body := replyOfContacts(b)
	w.Header().Set("ETag", body.tag())
	return http.StatusOK, body, nil
}

func (h *Handler) listContacts(w http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	b, err := h.tenant(r.Context(), bank)
	if err != nil {
		return 0, nil, err
	}
	return contactsOf(w, b)
}

// putContacts replaces all numbers that the bank's customers are told to call, if
// they are still those that If-Match names, or are what is asked for already.
func (h *Handler) putContacts(w http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	var req struct {
		Contacts *[]contactReply `json:"contacts"`
	}
	if err := read(r, &req); err != nil {
		return 0, nil, err
	}
	if req.Contacts == nil {
		return 0, nil, refused("contacts", "is missing; an empty list takes all numbers away")
	}
	contacts, err := h.checkContacts(*req.Contacts)
	if err != nil {
		return 0, nil, err
	}
	if err := begin(r.Context(), object{"bank", bank}); err != nil {
		return 0, nil, err
	}
	var b *store.Bank
	err = store.Retry(r.Context(), func() (err error) {
		if b, err = h.Store.Bank(r.Context(), bank); errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("bankapi: there is a key, but no bank: %v", err) //nolint:errorlint // it is our fault, not an address that leads nowhere
		} else if err != nil {
			return err
		}
		was := replyOfContacts(b).tag()
		b.SetContacts(contacts)
		switch is := replyOfContacts(b).tag(); {
		case is == was:
			return nil
		case !names(r, was):
			return errContactsChanged
		}
		return h.Store.Write(r.Context(), store.PutBank(b))
	})
	if err != nil {
		return 0, nil, err
	}
	return contactsOf(w, b)
}

// checkPhone says what is wrong with a number that people shall call; nil if nothing.
func checkPhone(field, number string) *watch.FieldError {
	if p := phone.Problem(number); p != "" {
		return watch.Wrong(field, watch.CodeNotAllowed, "%s", p)
	}
	return nil
}

// checkContacts says what is wrong with numbers to call, or returns them with the
// day on which each was checked: today, if that is not said.
func (h *Handler) checkContacts(given []contactReply) ([]store.Contact, error) {
	if len(given) > store.MaxContacts {
		return nil, refused("contacts", fmt.Sprintf("must hold at most %d numbers", store.MaxContacts))
	}
	now := h.Now().In(watch.JST)
	var out []store.Contact
	for i, c := range given {
		at := fmt.Sprintf("contacts[%d].", i)
		for _, fe := range []*watch.FieldError{checkPhone(at+"phone", c.Phone), watch.CheckWords(at+"for", c.For, store.MaxContactText), watch.CheckWords(at+"hours", c.Hours, store.MaxContactText)} {
			if fe != nil {
				return nil, fe
			}
		}
		if c.CheckedOn == "" {
			c.CheckedOn = now.Format(time.DateOnly)
		}
		on, err := time.ParseInLocation(time.DateOnly, c.CheckedOn, watch.JST)
		if err != nil || on.After(now) || store.Stale(c.CheckedOn, now) {
			return nil, refused(at+"checked_on", fmt.Sprintf("must be today or one of the %d days before, such as %s", store.ContactLife/(24*time.Hour), now.Format(time.DateOnly)))
		}
		out = append(out, store.Contact{Phone: c.Phone, For: c.For, Hours: c.Hours, On: c.CheckedOn})
	}
	return out, nil
}
