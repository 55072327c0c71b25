package bankapi

// HashKey is under what a key is stored.
var HashKey = hashKey
