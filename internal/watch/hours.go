package watch

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Answered tells whether a telephone is answered at a time, by what its owner
// writes of it in Japanese: 24時間, 平日9:00-17:00, 月-金 0-9時・17-24時、土 0-21時,
// 夜間・休日, 平日8:45-17:00以外は24時間. known is false for what does not read. Days
// and hours are those of Japan; of national holidays nothing is known here.
func Answered(hours string, at time.Time) (open, known bool) {
	text := hoursSpelt.Replace(hours)
	if closed, _, but := strings.Cut(text, "以外"); but {
		open, known = Answered(closed, at)
		return !open, known
	}
	at = at.In(JST)
	minute := at.Hour()*60 + at.Minute()
	for part := range strings.FieldsFuncSeq(hoursDates.ReplaceAllString(text, ""), func(r rune) bool { return strings.ContainsRune("、，；;。（）()", r) }) {
		days, today := daysIn(part, at.Weekday())
		if strings.Contains(part, "24時間") {
			known, open = true, open || today
		}
		if strings.Contains(part, "夜間") {
			known, open = true, open || !days && (minute < 9*60 || minute >= 17*60)
		}
		ranges := hoursRange.FindAllStringSubmatch(part, -1)
		if len(ranges) == 0 && strings.Contains(part, "休日") {
			known, open = true, open || today // all day
		}
		for _, m := range ranges {
			from, to := minutesOf(m[1], m[2]), minutesOf(m[3], m[4])
			in := minute >= from && minute < to
			if to <= from { // over midnight
				in = minute >= from || minute < to
			}
			known, open = true, open || today && in
		}
	}
	return open, known
}

var (
	hoursSpelt = strings.NewReplacer("〜", "-", "～", "-", "－", "-", "–", "-", "ー", "-", "：", ":", "夜間・", "夜間、")
	hoursDates = regexp.MustCompile(`\d{1,2}/\d{1,2}(-\d{1,2}(/\d{1,2})?)?|\d{4}年`)
	hoursRange = regexp.MustCompile(`(\d{1,2})(?::(\d{2}))?時?-(\d{1,2})(?::(\d{2}))?`)
)

// hoursDays are the names of days, by those that they are from Sunday on.
var hoursDays = []struct {
	name string
	days string
}{{"毎日", "0123456"}, {"365日", "0123456"}, {"年中無休", "0123456"}, {"平日", "12345"}, {"月-金", "12345"}, {"月-土", "123456"}, {"土日", "06"}, {"休日", "06"}, {"土", "6"}, {"日", "0"}}

// daysIn tells whether a part names days, and whether a day is one of them; a part
// that names none is about all.
func daysIn(part string, day time.Weekday) (named, today bool) {
	rest := part
	for _, d := range hoursDays {
		if strings.Contains(rest, d.name) {
			rest = strings.ReplaceAll(rest, d.name, "")
			named, today = true, today || strings.Contains(d.days, strconv.Itoa(int(day)))
		}
	}
	return named, today || !named
}

func minutesOf(hour, minute string) int {
	h, _ := strconv.Atoi(hour)
	m, _ := strconv.Atoi(minute) // none is the full hour
	return h*60 + m
}
