package watch

import "slices"

// excepted are those of says that the report leaves out because who made it recognised
// them, if a delivery calls its reader for that report.
func (r *Record) excepted(d *Delivery, says []Said) (out []string) {
	if d.Called != CallReported || r.Answer == nil {
		return nil
	}
	for _, s := range says {
		if slices.Contains(r.Answer.Except, s.Record) {
			out = append(out, s.Record)
		}
	}
	return out
}

// Reports are those of says that the delivery does not say are left out of the report.
func (d *Delivery) Reports(says []Said) []Said {
	return slices.DeleteFunc(slices.Clone(says), func(s Said) bool { return slices.Contains(d.Except, s.Record) })
}
