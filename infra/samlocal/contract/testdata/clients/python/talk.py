"""A bank's program on the client that openapi-python-client writes of the description:
it sends a debit, asks what became of it, and issues a code."""

import base64
import hashlib
import hmac
import os
import time
from datetime import datetime, timezone

from bank import AuthenticatedClient
from bank.api.accounts import issue_code
from bank.api.events import read_transaction, send_events
from bank.models import CodeRequest, DebitEvent, Problem

CODE, ACCOUNT = os.environ["KOZAMORI_BANK"], "acc_8f3k"


def sign(request):
    if "webhook-id" not in request.headers:
        return
    key = base64.b64decode(os.environ["KOZAMORI_BANK_SECRET"].removeprefix("whsec_"))
    now = str(int(time.time()))
    signed = f"{request.headers['webhook-id']}.{now}.".encode() + request.read()
    request.headers["webhook-timestamp"] = now
    request.headers["webhook-signature"] = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


api = AuthenticatedClient(
    base_url=os.environ["KOZAMORI_URL"],
    token=os.environ["KOZAMORI_BANK_KEY"],
    httpx_args={"event_hooks": {"request": [sign]}, "trust_env": False},
)
debit = DebitEvent.from_dict(
    {
        "id": "evt_python",
        "type": "debit",
        "transaction_id": "txn_python",
        "account_ref": ACCOUNT,
        "occurred_at": datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
        "amount": 30000,
        "currency": "JPY",
        "descriptor": "ﾄﾞｺﾓｺｳｻﾞ",
    }
)
sent = send_events.sync(CODE, client=api, body=debit, webhook_id="msg_python", webhook_timestamp=0, webhook_signature="")
assert sent.accepted == 1, sent
until = time.monotonic() + 20
while True:
    became = read_transaction.sync(CODE, client=api, transaction_id="txn_python", account_ref=ACCOUNT)
    if became.events and became.events[0].outcome.value == "alerted":  # the message was taken
        print(became.events[0].outcome.value)
        break
    assert time.monotonic() < until, became
    time.sleep(0.05)
print(len(issue_code.sync(CODE, client=api, body=CodeRequest(account_ref="acc_python")).code))
refused = issue_code.sync(CODE, client=api, body=CodeRequest(account_ref=".."))
assert isinstance(refused, Problem), refused
print(refused.code.value)
