"""Telling an address outside what happened: a signed POST, to public places only.

The receiver checks `metatron-signature: t=<unix time>,v1=<hex>`: HMAC-SHA256, with the secret it
was given, over `<unix time>.<body>`; an old time is a message sent once more by somebody else.
"""

import hashlib
import hmac
import secrets
from datetime import datetime

import orjson

from metatron.kernel.http import outward


def new_secret() -> str:
    """Return a fresh signing secret."""
    return f"whsec_{secrets.token_urlsafe(32)}"


def signature(secret: str, body: bytes, *, at: int) -> str:
    """Return `t=<unix time>,v1=<hex>`: HMAC-SHA256 with the secret over `<unix time>.<body>`."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


async def send_signed(
    url: str, message: object, *, secret: str, now: datetime, allow_private: bool
) -> None:
    """Post `message` as JSON.

    Raises:
        NotOutward: the address is none that we call, or leads inside by now.
        NotDelivered: nobody answered in time, or not with a success.
    """
    body = orjson.dumps(message, default=str)
    headers = {
        "content-type": "application/json",
        "user-agent": "Metatron",
        "metatron-signature": signature(secret, body, at=int(now.timestamp())),
    }
    answer = await outward.post(url, body, headers, allow_private=allow_private)
    if not 200 <= answer.status < 300:
        raise outward.NotDelivered(f"The webhook answered {answer.status}.")
