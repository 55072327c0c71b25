"""Sends events to Kozamori and takes its callbacks. Python 3.9 or newer, nothing else.

    python3 kozamori.py send ACCOUNT_REF YEN
    python3 kozamori.py receive PORT
    python3 kozamori.py vector FILE

KOZAMORI_URL, KOZAMORI_BANK and KOZAMORI_BANK_SECRET (whsec_...) say where to
and as whom.
"""

import base64
import hashlib
import hmac
import json
import os
import re
import sys
import time
import urllib.error
import urllib.request
import uuid
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CLOCK = 300  # seconds by which a callback's time may be off
LARGEST = 1 << 20  # bytes of a callback


def sign(secret, message_id, timestamp, body):
    """The signature of a body (bytes), as it stands in webhook-signature."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def verified(secret, headers, body, now):
    """Whether the sender knows the secret, and sent this within the last minutes."""
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message_id or not re.fullmatch("[0-9]{1,12}", timestamp) or abs(now - int(timestamp)) > CLOCK:
        return False
    want = sign(secret, message_id, timestamp, body)
    # While a secret is being replaced there are two signatures.
    given = headers.get("webhook-signature", "").split(" ")
    return any([hmac.compare_digest(want.encode(), g.encode()) for g in given])


def send(account_ref, yen):
    now = datetime.now(timezone.utc)
    name = uuid.uuid4().hex
    event = {
        "id": "evt-" + name,  # of this message: the same when it is sent again
        "type": "debit",
        "transaction_id": "txn-" + name,  # of the debit: the same from pending to reversed
        "account_ref": account_ref,
        "occurred_at": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "amount": yen,
        "currency": "JPY",
        "descriptor": "ﾄﾞｺﾓｺｳｻﾞ",
        "status": "posted",
    }
    body = json.dumps({"events": [event]}, ensure_ascii=False).encode()
    message_id, timestamp = "msg-" + name, str(int(now.timestamp()))
    request = urllib.request.Request(
        f"{os.environ['KOZAMORI_URL']}/v1/banks/{os.environ['KOZAMORI_BANK']}/events",
        data=body,
        headers={
            "Content-Type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": timestamp,
            "webhook-signature": sign(os.environ["KOZAMORI_BANK_SECRET"], message_id, timestamp, body),
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            print(answer.status, answer.read().decode())
    except urllib.error.HTTPError as refused:
        # 429 and 5xx: send the same again, with the same webhook-id, after Retry-After.
        sys.exit(f"{refused.code} {refused.read().decode()}")


def receive(port):
    secret, seen = os.environ["KOZAMORI_BANK_SECRET"], set()  # seen belongs into your database

    class Callbacks(BaseHTTPRequestHandler):
        def do_POST(self):
            length = self.headers.get("Content-Length", "")
            known = re.fullmatch("[0-9]{1,7}", length) and int(length) <= LARGEST
            body = self.rfile.read(int(length)) if known else b""
            if not verified(secret, self.headers, body, time.time()):
                self.send_response(401)
                self.end_headers()
                return
            # The same webhook-id may come again: it is taken once, and answered 2xx each time.
            if self.headers["webhook-id"] not in seen:
                seen.add(self.headers["webhook-id"])
                told = json.loads(body)
                print(told["type"], told.get("reference", "-"), flush=True)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Callbacks)
    print("listening on", server.server_port, flush=True)
    server.serve_forever()


def vector(file):
    with open(file, encoding="utf-8") as f:
        v = json.load(f)
    secret = "whsec_" + base64.b64encode(v["key"].encode()).decode()
    print(sign(secret, v["id"], v["timestamp"], v["body"].encode()))


if __name__ == "__main__":
    wanted = {"send": 4, "receive": 3, "vector": 3}.get(sys.argv[1] if len(sys.argv) > 1 else "")
    if wanted != len(sys.argv):
        sys.exit(__doc__)
    if sys.argv[1] == "send":
        send(sys.argv[2], int(sys.argv[3]))
    elif sys.argv[1] == "receive":
        receive(int(sys.argv[2]))
    else:
        vector(sys.argv[2])
