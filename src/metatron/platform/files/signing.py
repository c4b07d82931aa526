"""Links that open one file until an instant: whoever has one needs no credential."""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

_LENGTH = 72
_LABEL = b"metatron.files.link.v1\x00"


@dataclass(frozen=True, slots=True)
class Opened:
    """What a genuine link names; whether its time is over is for the caller to judge."""

    tenant_id: UUID
    file_id: UUID
    expires_at: datetime


class LinkSigner:
    """Signs with a key made of the newest of the installation's secret keys; all verify.

    A link is tenant (16 bytes), file (16), Unix time (8) and HMAC-SHA-256 (32), in base64url.
    """

    def __init__(self, secret_keys: str) -> None:
        """Read comma-separated secret keys, newest first."""
        names = [key.strip() for key in secret_keys.split(",") if key.strip()]
        # A key of its own, so that nothing signed or sealed elsewhere can pass for a link.
        self._keys = [hashlib.sha256(_LABEL + name.encode()).digest() for name in names]

    def sign(self, tenant_id: UUID, file_id: UUID, expires_at: datetime) -> str:
        """Return the link's text."""
        assert self._keys, "METATRON_SECRET_KEYS is needed to sign links"
        seconds = int(expires_at.timestamp()).to_bytes(8, "big")
        content = tenant_id.bytes + file_id.bytes + seconds
        mac = hmac.digest(self._keys[0], content, "sha256")
        return base64.urlsafe_b64encode(content + mac).decode()

    def open(self, link: str) -> Opened | None:
        """Return what a link names, None unless one of the keys has signed it."""
        try:
            raw = base64.b64decode(link.encode("ascii"), altchars=b"-_", validate=True)
        except (UnicodeEncodeError, binascii.Error, ValueError):
            return None
        if len(raw) != _LENGTH:
            return None
        content, mac = raw[:40], raw[40:]
        genuine = [
            hmac.compare_digest(hmac.digest(key, content, "sha256"), mac) for key in self._keys
        ]
        seconds = int.from_bytes(content[32:], "big")
        if not any(genuine):
            return None
        expires_at = datetime.fromtimestamp(seconds, UTC)
        return Opened(UUID(bytes=content[:16]), UUID(bytes=content[16:32]), expires_at)
