package edition

// Hash and Pack let tests sign what Publish refuses.
var (
	Hash = hash
	Pack = pack
)
