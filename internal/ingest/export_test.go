package ingest

// PartBytes has files of lines taken in parts of so many bytes.
func (h *Handler) PartBytes(n int64) { h.part = n }
