"""What Schemathesis cannot know of our description: how an event is signed.

A request that has all three headers of a webhook, with a whole number for a time,
is signed as the bank would sign it, now. What leaves a header out, or writes no
time, is sent as it is, and must be refused.
"""

import base64
import hashlib
import hmac
import json
import os
import re
import time
import unicodedata
from datetime import date, datetime, timedelta, timezone

import requests
import schemathesis

KEY = base64.b64decode(os.environ["KOZAMORI_BANK_SECRET"].removeprefix("whsec_"))


def text(value):
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


class Bank(requests.auth.AuthBase):
    def __call__(self, request):
        message, when = request.headers.get("webhook-id"), request.headers.get("webhook-timestamp")
        signature = request.headers.get("webhook-signature")
        if message is None or when is None or signature is None or not re.fullmatch(r"-?[0-9]+", text(when)):
            return request
        now = str(int(time.time()))
        body = request.body or b""
        if isinstance(body, str):
            body = body.encode()
        signed = text(message).encode("latin-1") + f".{now}.".encode() + body
        request.headers["webhook-timestamp"] = now
        request.headers["webhook-signature"] = "v1," + base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
        return request


schemathesis.auth.set_from_requests(Bank()).apply_to(path="/v1/banks/{bank}/events", method="POST")


@schemathesis.hook
def filter_case(context, case):
    """The key that all this is asked with is not to be ended in the middle of it."""
    return (case.path_parameters or {}).get("key_id") != os.environ["KOZAMORI_BANK_KEY_ID"] or case.method != "DELETE"


# What a schema cannot say, and the description says in words. In a request that is
# meant to be taken such a field holds what the words allow; what they refuse is tried
# by tests of our own.
MOMENT, DAY = "2026-11-01T09:00:00+09:00", "2026-11-01"
SAID = {
    "since": MOMENT,
    "history_from": MOMENT,
    "from": MOMENT,
    "to": "2026-11-01T13:00:00+09:00",
    "occurred_at": MOMENT,
    "occurred_on": DAY,
    "checked_on": date.today().isoformat(),
    "expires_at": (datetime.now(timezone.utc) + timedelta(days=30)).isoformat(timespec="seconds"),
    "phone": "022-000-0000",
    "email": "owner@example.jp",
    "reference": "KZ-7F3K-9Q4M",
}
PLAIN = {"account_mask", "text", "clerk", "label", "name", "for", "hours"}  # no link, no number, nothing that hides
SEEN = {"descriptor", "service", "route", "detail", "rail", "collector", "id", "transaction_id", "replaces"}
PAST = {
    "id": "evt_past",
    "type": "debit",
    "transaction_id": "txn_past",
    "occurred_at": MOMENT,
    "amount": 5000,
    "currency": "JPY",
    "descriptor": "PAYPAY",
}


def night(case):
    """A file of one event with the manifest that fits it."""
    line = json.dumps(PAST | {"account_ref": "acc_8f3k"}).encode() + b"\n"
    kept = {k: v for k, v in (case.query or {}).items() if k in ("feed", "sequence")}
    case.body, case.query = line, kept | {"rows": 1, "sha256": hashlib.sha256(line).hexdigest()}


def said(value, name=None):
    if isinstance(value, float) and value == int(value):
        return int(value)  # a whole number, and not written as one
    if isinstance(value, dict):
        return {k: said(v, k) for k, v in value.items()}
    if isinstance(value, list):
        return [said(v, name) for v in value]
    if isinstance(value, str) and name in SAID:
        return SAID[name]
    if isinstance(value, str) and value and name in PLAIN:
        return "".join(c for c in value if c == " " or "a" <= c <= "z" or "ぁ" <= c <= "ん").strip() or "x"
    if isinstance(value, str) and value and name in SEEN:
        return "".join(c for c in value if unicodedata.category(c)[0] not in "CZ") or "x"
    return value


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is None:
        return
    if not case.meta.generation.mode.is_positive:
        # In words: what reads as none of these costs no event, and is named in the reply.
        if case.operation.definition.raw.get("operationId") == "sendEvents" and isinstance(case.body, dict):
            case.body = {k: v for k, v in case.body.items() if k not in ("feed", "sequence", "heartbeat")}
        return
    if case.operation.definition.raw.get("operationId") == "sendFile":
        night(case)
        return
    if case.query and "after" in case.query:
        case.query = case.query | {"after": 0}  # the seq of an entry
    if case.query:
        case.query = {k: said(v, k) for k, v in case.query.items() if k != "cursor"}  # one that a list gave out
    body = case.body
    if not isinstance(body, dict):
        return
    body = said(body)
    body.pop("ready", None)  # of the status that goes with it
    if case.path.endswith("/history") and body.get("events"):
        body["events"] = [PAST]  # in words: as events are sent
    if body.get("heartbeat", {}) and body["heartbeat"].get("pauses"):  # none overlapping
        body["heartbeat"]["pauses"] = body["heartbeat"]["pauses"][:1]
    if body.get("accounts"):  # each once
        body["accounts"] = list({a["account_ref"]: a for a in body["accounts"]}.values())
        for a in body["accounts"][1:]:  # so many in all
            a.pop("links", None)
    if body.get("role") == "guardian":
        body["accounts"] = [{k: v for k, v in a.items() if k not in ("links", "history_from")} for a in body["accounts"]]
    case.body = body
