"""Signatures of incoming webhooks: checked on the raw bytes before anything is parsed."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

from metatron.platform.payments.errors import WebhookRefused

LARGEST_BODY_BYTES = 262_144
LONGEST_HEADER = 1_024
MOST_SIGNATURES = 8
WINDOW_SECONDS = 300


def verify(raw: bytes, header: str, secrets: Sequence[str], *, now: datetime) -> None:
    """Refuse `raw` unless a live secret signed it within five minutes of `now`.

    The header is `t=<unix seconds>,v1=<hex>[,v1=<hex>...]`; each v1 is HMAC-SHA256 over
    `<t>.<raw>`. All secrets and signatures are compared, each in constant time.

    Args:
        raw: the body exactly as it came.
        header: the provider's signature header.
        secrets: the live secrets, newest first; two during a rotation.
        now: the real time (not a tenant's advanced clock).

    Raises:
        WebhookRefused: too large, malformed, outside the window, or not signed by a live secret.
    """
    if len(raw) > LARGEST_BODY_BYTES:
        raise WebhookRefused("The body is too large.")
    timestamp, signatures = _read(header)
    signed = timestamp.encode() + b"." + raw
    matches = 0
    for secret in secrets:
        expected = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest().encode()
        for signature in signatures:
            matches += hmac.compare_digest(expected, signature.encode())
    if not matches:
        raise WebhookRefused("No live secret made this signature.")
    if abs(now.timestamp() - int(timestamp)) > WINDOW_SECONDS:
        raise WebhookRefused("The signature is older or newer than five minutes.")


def _read(header: str) -> tuple[str, list[str]]:
    """Return the timestamp as it was signed, and the v1 signatures."""
    if len(header) > LONGEST_HEADER:
        raise WebhookRefused("The signature header is too long.")
    timestamps: list[str] = []
    signatures: list[str] = []
    for part in header.split(","):
        name, _, value = part.strip().partition("=")
        if name == "t":
            timestamps.append(value)
        elif name == "v1":
            signatures.append(value)
    if len(timestamps) != 1 or not 1 <= len(signatures) <= MOST_SIGNATURES:
        raise WebhookRefused("The signature header cannot be read.")
    timestamp = timestamps[0]
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise WebhookRefused("The signature's time cannot be read.")
    return timestamp, signatures
