package problem

// Code names a kind of problem, for programs: it stays when the words change.
type Code string

// The codes. Each has a page.
const (
	Unauthorized   Code = "unauthorized"
	Signature      Code = "signature"
	Forbidden      Code = "forbidden"
	NotFound       Code = "not_found"
	Method         Code = "method"
	TooLarge       Code = "too_large"
	Encoding       Code = "encoding"
	Malformed      Code = "malformed"
	Invalid        Code = "invalid"
	EmptyBatch     Code = "empty_batch"
	NoneTaken      Code = "none_taken"
	FileRefused    Code = "file_refused"
	RateLimited    Code = "rate_limited"
	Changed        Code = "changed"
	DisputeClosed  Code = "dispute_closed"
	StatusOrder    Code = "status_order"
	NotesFull      Code = "notes_full"
	KeyReused      Code = "idempotency_key_reused"
	RefTaken       Code = "ref_taken"
	RefReplaced    Code = "ref_replaced"
	RefMany        Code = "ref_replaced_too_often"
	NoOwner        Code = "no_owner"
	NoMail         Code = "no_mail"
	NoCallback     Code = "no_callback_address"
	TooManyKeys    Code = "too_many_keys"
	Rotating       Code = "rotating"
	CutShort       Code = "cut_short"
	TryAgain       Code = "try_again"
	InternalFailed Code = "internal"
)

// Page says what a code means, and what its reader can do.
type Page struct {
	Code   Code
	Status int
	Means  string
	Do     string
}

// Pages lists all codes.
var Pages = []Page{
	{Unauthorized, 401, "The API key is missing, is not one of the bank in the address, or has ended. Which of these it is is not said.",
		"Send \"Authorization: Bearer kozamori_…\" with a key of that bank. GET …/keys, with a key that works, tells until when each does."},
	{Signature, 401, "The request is not signed by this bank now: a webhook header is missing, webhook-timestamp is too far off, the signature does not fit the bytes of the body, or the bank is none of ours. Which of these it is is not said, but to a bank that the operator names as a sandbox, in \"field\" and \"reason\".",
		"Sign webhook-id, webhook-timestamp and the very bytes that are sent, with the secret's bytes and not its base64, and set the clock by NTP."},
	{Forbidden, 403, "The API key is good, and not for this. \"scope\" says what it would have to be for.", "Use a key with that scope, or have one made."},
	{NotFound, 404, "There is nothing here, or it is another bank's.", "Look at the id, and at the bank in the address."},
	{Method, 405, "The address does not take that method.", "The header Allow says which it takes."},
	{TooLarge, 413, "The body, or the number of its events, is more than one request may hold.", "Send it in parts."},
	{Encoding, 415, "The body has a Content-Encoding.", "Send it as it is."},
	{Malformed, 400, "In the body no list of events can be found. \"offset\" is the byte at which reading ended.", "Look at the JSON from there on. The body is kept for your engineers: GET …/refused."},
	{Invalid, 422, "Something in the request cannot be taken: \"field\" says where, \"reason\" why.", "Mend that field. The same request again is refused again."},
	{EmptyBatch, 422, "The batch holds no event.", "Send at least one."},
	{NoneTaken, 422, "None of the events can be taken. \"rejected\" says all that is wrong with each; of a file \"file\" is the report.", "Mend them. Refused events of a request are kept for your engineers: GET …/refused."},
	{FileRefused, 422, "The file does not fit its manifest (the number of its rows, its checksum), or its own totals. Nothing of it was taken, and no one was told of it. \"reason\" says what does not fit; \"file\" is the report.",
		"Send the whole file again with the rows and the checksum that it has."},
	{RateLimited, 429, "The bank has sent more than its share, or events that it sent before still wait. Nothing of the request was done.", "Send the same request again after the seconds of Retry-After. The RateLimit headers of each answer say how much fits."},
	{Changed, 412, "The dispute is not as it was read any more (If-Match).", "Read it again, look at what was changed, and send the change with its new ETag."},
	{DisputeClosed, 409, "The dispute is closed, and what was asked for does not follow that.", "Reopen it first (\"can_follow\"), unless the person took the report back."},
	{StatusOrder, 409, "The status cannot follow the present one.", "\"can_follow\" lists those that can."},
	{NotesFull, 409, "The dispute holds as many notes as it can.", "Keep further notes in your own system."},
	{KeyReused, 409, "The Idempotency-Key was used for another request.", "Give each request a key of its own, and repeat a request as it was."},
	{RefTaken, 409, "The new ref is another account's, or was: that account is or was watched, or its ref was replaced.", "Give each account a ref that never named another one."},
	{RefReplaced, 409, "The ref in the address was replaced already. \"present\" is what the account is called now.", "If the account is to be called by yet another ref, replace the present one."},
	{RefMany, 409, "The ref of the account was replaced as often as it can be.", "Tell the operator."},
	{NoOwner, 409, "A guardian was to be enrolled, and no owner watches the account.", "Let the owner begin first."},
	{NoMail, 409, "This deployment sends no mail.", "Issue a code for LINE, or ask the operator to set mail up."},
	{NoCallback, 409, "The bank has no callback address.", "Ask the operator to set it."},
	{TooManyKeys, 409, "The bank has as many keys as it may have.", "End one first: DELETE …/keys/{key_id}."},
	{Rotating, 409, "The key is one of two of a rotation, and both work.", "End the one that is not used any more first."},
	{CutShort, 409, "Less of what was refused is kept than was sent.", "Send it again."},
	{TryAgain, 503, "It cannot be done now: something of ours does not answer, or another request changes the same thing.", "Send the same request again after the seconds of Retry-After. Doing it twice does no harm."},
	{InternalFailed, 500, "Something went wrong on our side.", "Send the same request again. If it goes on, tell the operator the Kozamori-Request-Id of the answer."},
}

// PagesPath is where the pages are; a code follows.
const PagesPath = "/v1/problems/"
