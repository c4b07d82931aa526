"""Signed statements of how long a chain is and where it ends, kept outside the database too."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from metatron.kernel.clock import utc_now
from metatron.kernel.process.secret_files import secret
from metatron.platform.audit.canonical import canonical, instant
from metatron.platform.audit.keys import SIGNING, publish_key, published_keys
from metatron.platform.audit.merkle import root_of


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """At `signed_at` the tenant's chain had `count` seals, the last with the hash `head`."""

    tenant_id: UUID
    count: int
    head: bytes
    signed_at: datetime
    key_id: str
    signature: bytes = b""
    first: int | None = None
    """The first seal of the tree; None in checkpoints that have none."""
    root: bytes | None = None
    """Root of the tree over the seals `first` to `count` (see `merkle.py`)."""

    def statement(self) -> bytes:
        """Return the bytes that are signed."""
        content: dict[str, str | int] = {
            "tenant_id": str(self.tenant_id),
            "count": self.count,
            "head": self.head.hex(),
            "signed_at": instant(self.signed_at),
            "key_id": self.key_id,
        }
        if self.root is not None and self.first is not None:
            content |= {"first": self.first, "root": self.root.hex()}
        return canonical(content)


class CheckpointSigner:
    """Holds the installation's Ed25519 audit key, made once in `<data folder>/audit/`."""

    def __init__(self, data_dir: Path) -> None:
        """Read the key, or make it (mode 0600)."""
        self._key = Ed25519PrivateKey.from_private_bytes(_seed(data_dir / "audit"))
        raw = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.key_id = publish_key(data_dir, raw, now=utc_now())

    def sign(
        self, tenant_id: UUID, seals: Sequence[bytes], count: int, now: datetime
    ) -> Checkpoint:
        """Return the signed checkpoint of a chain of `count` seals.

        `seals` are the hashes of those since the checkpoint before, the last of them the head.
        """
        plain = Checkpoint(
            tenant_id,
            count,
            seals[-1],
            now,
            self.key_id,
            first=count - len(seals) + 1,
            root=root_of(seals),
        )
        return replace(plain, signature=self._key.sign(plain.statement()))


class CheckpointVerifier:
    """Knows the public keys in `<data folder>/audit/`."""

    def __init__(self, data_dir: Path) -> None:
        """Read the keys."""
        self._keys = {
            key.key_id: Ed25519PublicKey.from_public_bytes(key.public)
            for key in published_keys(data_dir)
        }

    def holds(self, checkpoint: Checkpoint) -> bool:
        """Tell whether one of our keys signed exactly this statement."""
        key = self._keys.get(checkpoint.key_id)
        if key is None:
            return False
        try:
            key.verify(checkpoint.signature, checkpoint.statement())
        except InvalidSignature:
            return False
        return True


class CheckpointFiles:
    """One append-only file of JSON lines a tenant, in `<data folder>/checkpoints/`."""

    def __init__(self, data_dir: Path) -> None:
        """Use the folder; it is made at the first checkpoint."""
        self._folder = data_dir / "checkpoints"

    def append(self, checkpoints: Iterable[Checkpoint]) -> None:
        """Write the checkpoints and make sure that they reach the disk."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for item in checkpoints:
            line = orjson.loads(item.statement()) | {"signature": item.signature.hex()}
            with (self._folder / f"{item.tenant_id}.jsonl").open("ab") as file:
                file.write(orjson.dumps(line) + b"\n")
                file.flush()
                os.fsync(file.fileno())

    def read(self, tenant_id: UUID) -> Iterator[Checkpoint]:
        """Yield what was signed for a tenant, oldest first; a torn last line is left out."""
        try:
            lines = (self._folder / f"{tenant_id}.jsonl").read_bytes().splitlines()
        except FileNotFoundError:
            return
        for line in lines:
            try:
                yield _from_line(orjson.loads(line))
            except (orjson.JSONDecodeError, KeyError, ValueError):
                continue

    def tenants(self) -> set[UUID]:
        """Return the tenants that have a file."""
        return {UUID(file.stem) for file in self._folder.glob("*.jsonl")}

    def set_aside(self, tenant_id: UUID, *, after: datetime, name: str) -> int:
        """Move checkpoints signed after an instant to a file beside; returns how many."""
        file = self._folder / f"{tenant_id}.jsonl"
        if not file.exists():
            return 0
        kept: list[bytes] = []
        later: list[bytes] = []
        for line in file.read_bytes().splitlines(keepends=True):
            (later if _signed_after(line, after) else kept).append(line)
        if later:
            with file.with_suffix(f".{name}").open("ab") as beside:
                beside.writelines(later)
                beside.flush()
                os.fsync(beside.fileno())
            aside = file.with_suffix(".writing")
            with aside.open("wb") as rest:
                rest.writelines(kept)
                rest.flush()
                os.fsync(rest.fileno())
            aside.rename(file)
        return len(later)


def _signed_after(line: bytes, instant: datetime) -> bool:
    try:
        return _from_line(orjson.loads(line)).signed_at > instant
    except (orjson.JSONDecodeError, KeyError, ValueError):
        return False


def _from_line(line: dict[str, str | int]) -> Checkpoint:
    return Checkpoint(
        tenant_id=UUID(str(line["tenant_id"])),
        count=int(line["count"]),
        head=bytes.fromhex(str(line["head"])),
        signed_at=datetime.fromisoformat(str(line["signed_at"])),
        key_id=str(line["key_id"]),
        signature=bytes.fromhex(str(line["signature"])),
        first=int(line["first"]) if "first" in line else None,
        root=bytes.fromhex(str(line["root"])) if "root" in line else None,
    )


def _seed(folder: Path) -> bytes:
    """Return 32 bytes from the secret that is made once in `folder`."""
    return sha256(secret(folder, SIGNING).encode()).digest()
