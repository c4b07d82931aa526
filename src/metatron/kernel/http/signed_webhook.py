"""Telling an address outside what happened: a signed POST, to public places only.

Alerts are signed with `metatron-signature: t=<unix time>,v1=<hex>`: HMAC-SHA256, with the secret
the receiver was given, over `<unix time>.<body>`; an old time is a message sent once more by
somebody else. Organisations' webhooks follow Standard Webhooks 1.0.0: `webhook-id`,
`webhook-timestamp` and `webhook-signature: v1,<base64>` over `<id>.<unix time>.<body>`.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

import orjson

from metatron.kernel.http import outward

TIMEOUT_SECONDS = 10.0


def new_secret() -> str:
    """Return a fresh signing secret."""
    return f"whsec_{secrets.token_urlsafe(32)}"


def signature(secret: str, body: bytes, *, at: int) -> str:
    """Return `t=<unix time>,v1=<hex>`: HMAC-SHA256 with the secret over `<unix time>.<body>`."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def new_standard_secret() -> str:
    """Return a fresh secret of Standard Webhooks: 32 random bytes in base64, with its prefix."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


def standard_signature(secret: str, message_id: str, body: bytes, *, at: int) -> str:
    """Return `v1,<base64>`: HMAC-SHA256 over `<message id>.<unix time>.<body>`."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{at}.".encode() + body
    return f"v1,{base64.b64encode(hmac.digest(key, signed, 'sha256')).decode()}"


async def send_signed(
    url: str, message: object, *, secret: str, now: datetime, allow_private: bool
) -> None:
    """Post `message` as JSON.

    Raises:
        NotOutward: the address is none that we call, or leads inside by now.
        NotDelivered: nobody answered in time, or not with a success.
    """
    body = orjson.dumps(message, default=str)
    headers = {"metatron-signature": signature(secret, body, at=int(now.timestamp()))}
    answer = await _post(url, body, headers, allow_private=allow_private)
    if not 200 <= answer.status < 300:
        raise outward.NotDelivered(f"The webhook answered {answer.status}.")


async def send_standard(
    url: str,
    body: bytes,
    *,
    message_id: str,
    with_secrets: Sequence[str],
    now: datetime,
    allow_private: bool,
    excerpt_bytes: int,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> outward.Answer:
    """Post a body of JSON once, signed with each secret; returns the answer, whichever it is.

    `now` is the real time: receivers refuse what is older than some minutes.

    Raises:
        NotOutward: the address is none that we call, or leads inside by now.
        NotDelivered: nobody answered in time.
    """
    at = int(now.timestamp())
    signatures = [standard_signature(each, message_id, body, at=at) for each in with_secrets]
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(signatures),
        # The excerpt is shown to people as it comes.
        "accept-encoding": "identity",
    }
    return await _post(
        url,
        body,
        headers,
        allow_private=allow_private,
        excerpt_bytes=excerpt_bytes,
        timeout_seconds=timeout_seconds,
    )


async def _post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allow_private: bool,
    excerpt_bytes: int = 0,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> outward.Answer:
    sent = {"content-type": "application/json", "user-agent": "Metatron", **headers}
    return await outward.post(
        url,
        body,
        sent,
        allow_private=allow_private,
        excerpt_bytes=excerpt_bytes,
        timeout_seconds=timeout_seconds,
    )
