"""The audit key's public half, and those of the keys before it: kept for good, for anybody to see.

A proof cannot vouch for its own key. Whoever checks one needs the key, or its fingerprint, from
somewhere else, and needs old ones for as long as what they signed is worth proving.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from metatron.platform.audit.canonical import instant

SIGNING = "signing.key"
"""The file of the private half's secret, in `<data folder>/audit/`."""


@dataclass(frozen=True, slots=True)
class AuditKey:
    """An Ed25519 public key (32 bytes); `began_at` is None where nobody noted when it began."""

    public: bytes
    began_at: datetime | None

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the key, in hex."""
        return sha256(self.public).hexdigest()

    @property
    def key_id(self) -> str:
        """The beginning of the fingerprint, by which checkpoints name the key."""
        return self.fingerprint[:16]


def publish_key(data_dir: Path, public: bytes, *, now: datetime) -> str:
    """Keep a public key with the instant at which it began to sign; returns its id."""
    key = AuditKey(public, now)
    file = data_dir / "audit" / f"{key.key_id}.pub"
    if not file.exists():
        aside = file.with_suffix(".writing")
        aside.write_text(f"{public.hex()}\n{instant(now)}\n")
        aside.rename(file)
    return key.key_id


def published_keys(data_dir: Path) -> list[AuditKey]:
    """Return every key that signs or has signed, the newest first.

    A file whose name does not fit its key is left out.
    """
    found = []
    for file in (data_dir / "audit").glob("*.pub"):
        public, *began = file.read_text().split()
        key = AuditKey(bytes.fromhex(public), datetime.fromisoformat(began[0]) if began else None)
        if key.key_id == file.stem:
            found.append(key)
    known = [key for key in found if key.began_at is not None]
    unknown = [key for key in found if key.began_at is None]
    return [*sorted(known, key=lambda key: str(key.began_at), reverse=True), *unknown]


def retire_key(data_dir: Path) -> None:
    """Destroy the private half, so that the next checkpoint is signed by a new key.

    What the old one signed stays provable: its public half stays published.
    """
    (data_dir / "audit" / SIGNING).unlink(missing_ok=True)
