"""The signature header of outgoing webhooks and its secrets, two of which may be live."""

import hashlib
import hmac
import json
import secrets as random_secrets

from metatron.platform.payments.sandbox.store import Store

HEADER = "Sandbox-Signature"
LIVE_SECRETS = 2


def signature_header(raw: bytes, timestamp: int, secrets: tuple[str, ...]) -> str:
    """Return `t=...,v1=...` with one v1 for each live secret (HMAC-SHA256 of `t.raw`)."""
    signed = str(timestamp).encode() + b"." + raw
    digests = [hmac.new(key.encode(), signed, hashlib.sha256).hexdigest() for key in secrets]
    return ",".join([f"t={timestamp}", *(f"v1={digest}" for digest in digests)])


def live_secrets(store: Store) -> tuple[str, ...]:
    """Return the live webhook secrets, newest first."""
    return tuple(json.loads(store.meta("webhook_secrets") or "[]"))


def keep_secrets(store: Store, secrets: tuple[str, ...]) -> None:
    """Make `secrets` (newest first) the live ones."""
    store.set_meta("webhook_secrets", json.dumps(secrets[:LIVE_SECRETS]))


def rotate(store: Store, secret: str) -> None:
    """Put a new secret in front; the one before stays live."""
    keep_secrets(store, (secret, *live_secrets(store)))


def retire(store: Store) -> None:
    """End every secret but the newest."""
    keep_secrets(store, live_secrets(store)[:1])


def forged_copy(raw: bytes, timestamp: int) -> tuple[bytes, str]:
    """Return what a stranger would send: a changed body under a signature with a wrong secret."""
    body = json.loads(raw)
    body["id"] = f"evt_{random_secrets.token_hex(12)}"
    body["data"]["object"]["amount_minor"] = 1
    changed = json.dumps(body).encode()
    return changed, signature_header(changed, timestamp, (random_secrets.token_hex(16),))
