package ratelimit

// ListenHolding is Listen with so many bytes that strangers' connections may hold.
var ListenHolding = listen

// What a connection is counted as.
const (
	ConnHolds = connHolds
	MostHeld  = mostHeld
)
