package watch

// LinkRefused is that the bank refused somebody who tried to link an account to a
// payment service. It is counted (package radar) and is no part of the account's history:
// it makes no record, and people are not told of it.
const LinkRefused Kind = "charge_link.refused"
