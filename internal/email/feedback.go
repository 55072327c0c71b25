package email

import (
	"encoding/json"
	"errors"

	"kozamori/internal/watch"
)

// ParseFeedback reads what SES says of a mail that it took: the detail of an
// event that SES sends to EventBridge. The error quotes nothing of it.
func ParseFeedback(detail []byte) (watch.Feedback, error) {
	var e struct {
		EventType string `json:"eventType"`
		Mail      struct {
			Tags map[string][]string `json:"tags"`
		} `json:"mail"`
		Bounce struct {
			BounceType string      `json:"bounceType"`
			Recipients []recipient `json:"bouncedRecipients"`
		} `json:"bounce"`
		Complaint struct {
			Recipients []recipient `json:"complainedRecipients"`
		} `json:"complaint"`
	}
	if err := json.Unmarshal(detail, &e); err != nil {
		return watch.Feedback{}, errors.New("email: not an event of SES")
	}
	f := watch.Feedback{Channel: Channel.Kind}
	if tags := e.Mail.Tags["delivery"]; len(tags) == 1 {
		f.Key = tags[0]
	}
	recipients := e.Bounce.Recipients
	switch e.EventType {
	case "":
		return f, errors.New("email: not an event of SES")
	case "Bounce":
		// Of the others (Transient, Undetermined) SES itself says that the
		// address may work again.
		if e.Bounce.BounceType == "Permanent" {
			f.Kind = watch.Bounced
		}
	case "Complaint":
		f.Kind = watch.Complained
		recipients = e.Complaint.Recipients
	case "Reject":
		f.Kind = watch.Bounced // SES took it and then found a virus
	}
	for _, r := range recipients {
		f.Addresses = append(f.Addresses, r.Address)
	}
	return f, nil
}

type recipient struct {
	Address string `json:"emailAddress"`
}
