"""Check that a webhook is ours: verify_webhook.py BODY_FILE SECRET ID TIMESTAMP SIGNATURE...

In a receiver, call `verified` with the raw bytes of the body, before they are parsed, and the
headers webhook-id, webhook-timestamp and webhook-signature. Keep each webhook-id for a while and
answer 200 to one that came before: a message may come twice. Answer within ten seconds.
"""

import base64
import hmac
import sys
import time
from pathlib import Path

OLDEST_SECONDS = 300
"""A message that is older was recorded by somebody and sent once more."""


def verified(
    body: bytes, secret: str, message_id: str, timestamp: str, signatures: str, *, now: float
) -> bool:
    """Tell whether one of the signatures is by the secret, and of the last five minutes.

    While a secret is being changed there are two signatures: one by each.
    """
    if not timestamp.isdigit() or abs(now - int(timestamp)) > OLDEST_SECONDS:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.".encode() + body
    mine = "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    return any(hmac.compare_digest(mine, each) for each in signatures.split(" "))


if __name__ == "__main__":
    file, *given = sys.argv[1:]
    holds = verified(Path(file).read_bytes(), *given, now=time.time())
    print("verified" if holds else "NOT VERIFIED")
    sys.exit(not holds)
