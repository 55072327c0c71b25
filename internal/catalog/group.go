package catalog

import (
	"strings"
)

// Group is banks that are too many to be listed: what is known of them, they
// share.
type Group struct {
	NameJa, NameEn string
	From, To       string // their 金融機関コード
	Cells          []int
	CellsFrom      Origin
	Prints         []Print
	Sources        []string
}

// GroupOf is the group that a bank's code belongs to; nil if to none.
func GroupOf(code string) *Group { return std().groupOf(code) }

func (d *data) groupOf(code string) *Group {
	for _, g := range d.groups {
		if len(code) == 4 && code >= g.From && code <= g.To {
			return g
		}
	}
	return nil
}

// group reads one record of a group of banks.
func (d *data) group(rec []field) error {
	g := &Group{NameJa: rec[0].value}
	for i := range rec[1:] {
		f := &rec[i+1]
		var err error
		switch f.name {
		case "En":
			g.NameEn = f.value
		case "Codes":
			g.From, g.To, _ = strings.Cut(f.value, "-")
			if err = checkCode(f.place, g.From); err == nil {
				err = checkCode(f.place, g.To)
			}
		case "Cells":
			g.Cells, g.CellsFrom, err = numbers(f)
		case "Prints":
			err = printed(f, &g.Prints)
		case "Source":
			g.Sources = append(g.Sources, f.value)
		default:
			err = wrong(f.place, "a group of banks has no %s", f.name)
		}
		if err != nil {
			return err
		}
	}
	if g.NameEn == "" || g.From == "" || g.From > g.To {
		return wrong(rec[0].place, "the group %s lacks En or Codes", g.NameJa)
	}
	d.groups = append(d.groups, g)
	return nil
}
