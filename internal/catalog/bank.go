package catalog

import (
	"strconv"
	"strings"
)

// bank reads one record of banks.rec.
func (d *data) bank(rec []field) error {
	if rec[0].name == "Group" {
		return d.group(rec)
	}
	if rec[0].name != "Bank" {
		return wrong(rec[0].place, "a bank begins with Bank, not %s", rec[0].name)
	}
	b := &Bank{Code: rec[0].value, place: rec[0].place}
	if err := checkCode(rec[0].place, b.Code); err != nil {
		return err
	}
	if old := d.banks[b.Code]; old != nil {
		return &Problem{Place: b.place.String(), Other: old.place.String(), What: "bank " + b.Code + " is there twice"}
	}
	for i := range rec[1:] {
		f := &rec[i+1]
		var err error
		switch f.name {
		case "Ja":
			b.NameJa = f.value
		case "En":
			b.NameEn = f.value
		case "Was":
			err = b.was(f)
		case "Kind":
			b.Group = f.value
		case "Cells":
			b.Cells, b.CellsFrom, err = numbers(f)
		case "Prints":
			err = printed(f, &b.Prints)
		case "Docomo":
			b.Docomo = f.value
		case "Phone":
			err = contact(f, &b.Contacts)
		case "Claim":
			err = claim(f, &b.Claims)
		case "Note":
			b.Notes = append(b.Notes, f.value)
		case "Source":
			b.Sources = append(b.Sources, f.value)
		default:
			err = wrong(f.place, "a bank has no %s", f.name)
		}
		if err != nil {
			return err
		}
	}
	if b.NameJa == "" || b.NameEn == "" {
		return wrong(b.place, "bank %s lacks Ja or En", b.Code)
	}
	if len(b.Contacts) > 0 {
		b.Contact = b.Contacts[0]
	}
	for _, w := range b.Former {
		if old := d.banks[w.Code]; old != nil && w.Code != b.Code {
			return &Problem{Place: b.place.String(), Other: old.place.String(), What: "bank " + w.Code + " is there twice"}
		}
		d.banks[w.Code] = b
	}
	d.banks[b.Code] = b
	d.codes = append(d.codes, b.Code)
	return nil
}

func checkCode(at place, code string) error {
	if _, err := strconv.ParseUint(code, 10, 16); len(code) != 4 || err != nil {
		return wrong(at, "%q is no 金融機関コード of four digits", code)
	}
	return nil
}

// was reads "code | name | until when | source": what the bank, or one that
// went into it, was called.
func (b *Bank) was(f *field) error {
	p, err := f.parts(4)
	if err != nil {
		return err
	}
	if err := checkCode(f.place, p[0]); err != nil {
		return err
	}
	if p[1] == "" || !isDate(p[2]) {
		return wrong(f.place, "a former bank says its name and the day until which it had it (2024-12-31)")
	}
	b.Former = append(b.Former, Former{p[0], p[1], p[2], p[3]})
	return nil
}

// numbers reads "12 15 | source".
func numbers(f *field) (out []int, from Origin, err error) {
	p, err := f.parts(3)
	if err != nil {
		return nil, from, err
	}
	for s := range strings.FieldsSeq(p[0]) {
		n, err := strconv.Atoi(s)
		if err != nil || n < minCut || n > 255 {
			return nil, from, wrong(f.place, "%q is no number of cells", s)
		}
		out = append(out, n)
	}
	from, err = origin(f, p[1], p[2])
	return out, from, err
}

// printed reads "RS | source | 2026-11".
func printed(f *field, prints *[]Print) error {
	p, err := f.parts(3)
	if err != nil {
		return err
	}
	if p[0] == "" {
		return wrong(f.place, "no mark is there")
	}
	from, err := origin(f, p[1], p[2])
	*prints = append(*prints, Print{p[0], from})
	return err
}

func origin(f *field, source, checked string) (Origin, error) {
	if checked != "" && (!isDate(checked) || source == "") {
		return Origin{}, wrong(f.place, "%s ends with where it was read and the day or month (2026-11)", f.name)
	}
	return Origin{source, checked}, nil
}
