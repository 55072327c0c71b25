package store

import (
	"context"
	"errors"
	"iter"
	"strings"
	"time"

	"kozamori/internal/codec"
	"kozamori/internal/radar"
)

var (
	radarCells     = codec.For[radar.Cell]("radar_cell")
	radarLinked    = codec.For[radar.Linked]("radar_linked")
	radarNorms     = codec.For[radar.Norm]("radar_norm")
	radarStandings = codec.For[radar.Standing]("radar_standing")
	campaigns      = codec.For[radar.Campaign]("campaign")
)

// RadarKept is for how long what was counted is kept: the hours are learnt by then.
const RadarKept = 4 * 24 * time.Hour

const campaignSK = "CAMPAIGN#"

func radarPK(bank string) string { return "RADAR#" + bank }

func radarHourPK(bank string, at time.Time) string {
	return radarPK(bank) + "#" + at.UTC().Format("2006-01-02T15Z")
}

func cellKey(c *radar.Cell) Key {
	return Key{radarHourPK(c.Bank, c.At), "CELL#" + c.At.UTC().Format("04") + "#" + string(c.Kind) + "#" + c.Service}
}

func linkedKey(l *radar.Linked) Key {
	return Key{radarPK(l.Bank) + "#LINKED#" + l.At.UTC().Format("2006-01-02T15Z"), "LINKED#" + l.Service}
}

// Cell reads what was counted; empty at version 0 if nothing was.
func (s *Store) Cell(ctx context.Context, c radar.Cell) (*radar.Cell, error) {
	is := radar.Cell{Bank: c.Bank, Service: c.Service, Kind: c.Kind, At: c.At.UTC()}
	v, err := read(ctx, s, cellKey(&c), radarCells, &is)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	is.Version = v
	return &is, nil
}

// PutCell writes a cell at the version read.
func PutCell(c *radar.Cell) Write {
	return Write{Item: Item{Key: cellKey(c), Body: radarCells.Encode(c), Expires: until(c.At, RadarKept)}, If: At(c.Version)}
}

// Cells lists what was counted of a bank in the hours from one moment to another. A
// cell that cannot be read costs itself.
func (s *Store) Cells(ctx context.Context, bank string, from, to time.Time) ([]*radar.Cell, error) {
	var out []*radar.Cell
	isCell := func(k Key) bool { return strings.HasPrefix(k.SK, "CELL#") && strings.Count(k.SK, "#") == 3 }
	for at := from.UTC().Truncate(time.Hour); !at.After(to); at = at.Add(time.Hour) {
		for c, err := range all(ctx, s, Query{PK: radarHourPK(bank, at)}, as(isCell, radarCells, func(c *radar.Cell, it Item) { c.Version = it.Version })) {
			if err != nil {
				return nil, err
			}
			out = append(out, c)
		}
	}
	return out, nil
}

// Linked reads who was linked in a period; none at version 0 if no one was.
func (s *Store) Linked(ctx context.Context, l radar.Linked) (*radar.Linked, error) {
	is := radar.Linked{Bank: l.Bank, Service: l.Service, At: l.At.UTC()}
	v, err := read(ctx, s, linkedKey(&l), radarLinked, &is)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	is.Version = v
	return &is, nil
}

// LinkedFrom reads who was linked to a service in the periods from one moment to
// another, a moment ago.
func (s *Store) LinkedFrom(ctx context.Context, bank, service string, from, to time.Time) ([]*radar.Linked, error) {
	var keys []Key
	for at := radar.PeriodOf(from); !at.After(to); at = at.Add(radar.Period) {
		keys = append(keys, linkedKey(&radar.Linked{Bank: bank, Service: service, At: at}))
	}
	get := s.Get
	if t, ok := s.Table.(Glancer); ok {
		get = t.Glance
	}
	items, err := get(ctx, keys...)
	if err != nil {
		return nil, err
	}
	var out []*radar.Linked
	for _, k := range keys {
		it, ok := items[k]
		if !ok {
			continue
		}
		l := &radar.Linked{}
		if err := radarLinked.Decode(it.Body, l); err != nil {
			return nil, err
		}
		l.Version = it.Version
		out = append(out, l)
	}
	return out, nil
}

// PutLinked writes a period at the version read.
func PutLinked(l *radar.Linked) Write {
	return Write{Item: Item{Key: linkedKey(l), Body: radarLinked.Encode(l), Expires: until(l.At.Add(radar.Period), RadarKept)}, If: At(l.Version)}
}

// RadarNorm reads what is usual of a bank; version 0 if nothing is known.
func (s *Store) RadarNorm(ctx context.Context, bank string) (*radar.Norm, error) {
	n := radar.Norm{Bank: bank}
	v, err := read(ctx, s, Key{radarPK(bank), "NORM"}, radarNorms, &n)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	n.Version = v
	return &n, nil
}

// PutRadarNorm writes what is usual at the version read.
func PutRadarNorm(n *radar.Norm) Write {
	return Write{Item: Item{Key: Key{radarPK(n.Bank), "NORM"}, Body: radarNorms.Encode(n)}, If: At(n.Version)}
}

// Standing reads how the campaigns of a bank stand; version 0 if there was none.
func (s *Store) Standing(ctx context.Context, bank string) (*radar.Standing, error) {
	n := radar.Standing{Bank: bank}
	v, err := read(ctx, s, Key{radarPK(bank), "STANDING"}, radarStandings, &n)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	n.Version = v
	return &n, nil
}

// PutStanding writes it at the version read.
func PutStanding(n *radar.Standing) Write {
	return Write{Item: Item{Key: Key{radarPK(n.Bank), "STANDING"}, Body: radarStandings.Encode(n)}, If: At(n.Version)}
}

// Campaign reads a campaign of a bank. ErrNotFound.
func (s *Store) Campaign(ctx context.Context, bank, id string) (*radar.Campaign, error) {
	var c radar.Campaign
	v, err := read(ctx, s, Key{radarPK(bank), campaignSK + id}, campaigns, &c)
	if err != nil {
		return nil, err
	}
	c.Version = v
	return &c, nil
}

// Campaigns lists a bank's campaigns, the latest first.
func (s *Store) Campaigns(ctx context.Context, bank string) iter.Seq2[*radar.Campaign, error] {
	is := func(k Key) bool { return strings.HasPrefix(k.SK, campaignSK) && strings.Count(k.SK, "#") == 1 }
	return all(ctx, s, Query{PK: radarPK(bank), From: campaignSK, To: campaignSK + "~", Reverse: true}, as(is, campaigns, func(c *radar.Campaign, it Item) { c.Version = it.Version }))
}

// PutCampaign writes a campaign at the version read. One that stands is kept.
func PutCampaign(c *radar.Campaign) Write {
	it := Item{Key: Key{radarPK(c.Bank), campaignSK + c.ID}, Body: campaigns.Encode(c)}
	if last := c.Changes[len(c.Changes)-1]; !c.State.Open() {
		it.Expires = until(last.At, radar.KeepCampaign)
	}
	return Write{Item: it, If: At(c.Version)}
}

// UpdateCampaign reads a campaign, lets change alter it, and writes it with how the
// bank's campaigns stand, again until no other writer came between. When change
// returns an error nothing is written. ErrNotFound.
func (s *Store) UpdateCampaign(ctx context.Context, bank, id string, change func(*radar.Campaign) error) (c *radar.Campaign, err error) {
	err = Retry(ctx, func() error {
		if c, err = s.Campaign(ctx, bank, id); err != nil {
			return err
		}
		if err := change(c); err != nil {
			return err
		}
		return s.PutCampaign(ctx, c)
	})
	if err == nil {
		c.Version++
	}
	return c, err
}

// PutCampaign writes a campaign at the version read, and how the bank's campaigns stand.
func (s *Store) PutCampaign(ctx context.Context, c *radar.Campaign) error {
	n, err := s.Standing(ctx, c.Bank)
	if err != nil {
		return err
	}
	closes := n.Closes(c)
	if n.Note(c); closes {
		// Read after the moment of the change: an account that is counted meanwhile is new.
		at := n.Of(c.Service).At
		cells, err := s.Cells(ctx, c.Bank, at, at.Add(time.Hour))
		if err != nil {
			return err
		}
		n.Close(c.Service, cells)
	}
	return s.Write(ctx, PutCampaign(c), PutStanding(n))
}
