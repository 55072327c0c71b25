package message

import "strings"

// Join makes one message of several, for a channel that shows one at a time.
// The first one's subject and tone stand for all.
func Join(msgs ...Message) Message {
	if len(msgs) == 0 {
		return Message{}
	}
	m := msgs[0].Flat()
	for _, x := range msgs[1:] {
		x = x.Flat()
		m.Text = append(append(m.Text[:len(m.Text):len(m.Text)], x.Title), x.Text...)
		m.Facts = append(m.Facts[:len(m.Facts):len(m.Facts)], x.Facts...)
		m.Why = append(m.Why[:len(m.Why):len(m.Why)], x.Why...)
		m.Steps = append(m.Steps[:len(m.Steps):len(m.Steps)], x.Steps...)
		m.Buttons = append(m.Buttons[:len(m.Buttons):len(m.Buttons)], x.Buttons...)
	}
	return m
}

// Flat is the message with its cards as facts and links, for a channel that
// shows no cards.
func (m Message) Flat() Message {
	cards := m.Cards
	m.Cards, m.Facts, m.Buttons = nil, m.Facts[:len(m.Facts):len(m.Facts)], m.Buttons[:len(m.Buttons):len(m.Buttons)]
	for _, c := range cards {
		var says []string
		if c.Amount != "" {
			says = append(says, c.Amount)
		}
		for _, f := range c.Facts {
			says = append(says, f.Value)
		}
		m.Facts = append(m.Facts, Fact{Label: c.Title, Value: strings.Join(says, " / ")})
		for _, b := range c.Buttons {
			if b.URL != "" {
				b.Label = c.Title + ": " + b.Label
			}
			m.Buttons = append(m.Buttons, b)
		}
	}
	return m
}
