package infra_test

import ()

// everyRefCall has an account called otherwise.
func (w *world) everyRefCall() {
	const refs = "/accounts/acc_10/refs"
	w.call(200, "GET", refs, "")
	w.call(200, "POST", refs, `{"account_ref":"acc_10b"}`)
	w.call(200, "POST", refs, `{"account_ref":"acc_10b"}`)
	w.call(409, "POST", refs, `{"account_ref":"acc_10c"}`)
	w.call(409, "POST", "/accounts/acc_11/refs", `{"account_ref":"acc_8f3k"}`)
	w.call(422, "POST", refs, `{"account_ref":"a b"}`)
	w.tooBig("POST", refs)
	w.call(200, "GET", "/accounts/acc_10b/refs", "")
	w.call(422, "GET", "/accounts/a%20b/refs", "")
}
