package sim

import (
	"context"
	"encoding/json"
	"errors"
	"html/template"
	"net/http"
	"net/url"
)

// BankAccount is an account of the customer who logs in.
type BankAccount struct {
	Ref   string `json:"account_ref"`
	Mask  string `json:"account_mask,omitempty"`
	Email string `json:"email,omitempty"`
}

// Nonce asks for the nonce of LINE's account link for some accounts.
func (b *Bank) Nonce(ctx context.Context, accounts []BankAccount) (string, error) {
	body, err := json.Marshal(map[string]any{"accounts": accounts})
	if err != nil {
		return "", err
	}
	a, err := b.post(ctx, "nonces", body, nil)
	if err != nil {
		return "", err
	}
	var reply struct{ Nonce string }
	if err := json.Unmarshal(a.Body, &reply); err != nil || a.Status != http.StatusCreated || reply.Nonce == "" {
		return "", errors.New("sim: no nonce was given")
	}
	return reply.Nonce, nil
}

var loginPage = template.Must(template.New("").Parse(`<!doctype html><html lang="ja"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{{.Name}}（見本）</title>
<style>body{font:1.1rem/1.7 sans-serif;margin:0;background:#eef1f6;color:#1a2233}main{max-width:30rem;margin:2rem auto;background:#fff;padding:1.5rem;border-radius:.6rem}
h1{font-size:1.3rem}label{display:flex;gap:.75rem;align-items:center;min-height:3rem}input{width:1.5rem;height:1.5rem}
button{width:100%;min-height:3.5rem;font:inherit;font-weight:bold;color:#fff;background:#1b4b7a;border:0;border-radius:.5rem}p{color:#45506a}</style>
<main><h1>{{.Name}} インターネットバンキング（見本）</h1>
{{if .Accounts}}<p>ログインしました。LINEの口座守につなぐ口座を選んでください。</p>
<form method="post"><input type="hidden" name="linkToken" value="{{.Token}}">
{{range .Accounts}}<label><input type="checkbox" name="account" value="{{.Ref}}" checked>{{.Mask}}</label>{{end}}
<button>つなぐ</button></form>{{else}}<p>{{.Problem}}</p>{{end}}</main>`))

// login is the bank's own page, from which a customer connects the accounts
// that they tick: it asks for a nonce and sends the browser to LINE's dialog.
func (b *Bank) login(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	page := func(status int, accounts []BankAccount, problem string) {
		w.WriteHeader(status)
		_ = loginPage.Execute(w, map[string]any{"Name": b.Name, "Accounts": accounts, "Token": r.FormValue("linkToken"), "Problem": problem})
	}
	token := r.FormValue("linkToken")
	if token == "" {
		page(http.StatusBadRequest, nil, "LINEの口座守から開いてください。")
		return
	}
	if r.Method != http.MethodPost {
		page(http.StatusOK, b.Accounts, "")
		return
	}
	var ticked []BankAccount
	for _, a := range b.Accounts {
		for _, ref := range r.PostForm["account"] {
			if ref == a.Ref {
				ticked = append(ticked, a)
			}
		}
	}
	if len(ticked) == 0 {
		page(http.StatusBadRequest, nil, "口座が選ばれていません。前の画面に戻って選んでください。")
		return
	}
	nonce, err := b.Nonce(r.Context(), ticked)
	if err != nil {
		page(http.StatusBadGateway, nil, "いま、口座守につながりません。少したってからお試しください。")
		return
	}
	http.Redirect(w, r, b.Dialog+"?"+url.Values{"linkToken": {token}, "nonce": {nonce}}.Encode(), http.StatusSeeOther)
}
