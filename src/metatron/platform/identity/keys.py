"""The private signing keys: files of mode 0600, made once, rotated with an overlap.

A file is named `<algorithm>.<seconds since 1970 at which it begins to sign>.<key id>.pem`.
A new key is published before it signs, and an old one stays published until the last token
it signed is over, so that a verifier with a slightly old key set refuses nobody.
"""

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from joserfc.jwk import OKPKey, RSAKey

from metatron.kernel.process.alone import alone
from metatron.kernel.tokens import ACCESS_ALGORITHM, SERVICE_ALGORITHM, Key

RSA_BITS = 2048
"""As strong as 112 bits, for tokens of 15 minutes: signing takes 0.3 ms, with 3072 bits 0.7."""
PUBLISHED_BEFORE = timedelta(minutes=10)
PUBLISHED_AFTER = timedelta(minutes=75)
"""The longest token (an impersonation, 60 minutes) and the leeway of clocks."""
LOOK_AGAIN_SECONDS = 10
_ALGORITHMS = (ACCESS_ALGORITHM, SERVICE_ALGORITHM)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key and the instant at which it begins to sign."""

    kid: str
    algorithm: str
    activates_at: datetime
    private: Key

    def public(self) -> dict[str, Any]:
        """Return the public half as a JWK."""
        values: dict[str, Any] = dict(self.private.as_dict(private=False))
        return {**values, "kid": self.kid, "alg": self.algorithm, "use": "sig"}


class KeyRing:
    """The keys of one folder; looks again now and then for those of a rotation."""

    def __init__(self, folder: Path, *, now: datetime) -> None:
        """Read the folder; make the first keys when there are none.

        Raises:
            PermissionError: a key file can be read by others.
        """
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with alone(folder / ".lock"):
            known = {name.partition(".")[0] for name in _names(folder)}
            for algorithm in _ALGORITHMS:
                if algorithm not in known:
                    _make(folder, algorithm, activates_at=now - LEEWAY)
        self._keys = _read(folder)
        self._looked_at = now

    def signer(self, algorithm: str, *, now: datetime) -> SigningKey:
        """Return the newest key that has begun to sign."""
        own = [key for key in self._current(now) if key.algorithm == algorithm]
        active = [key for key in own if key.activates_at <= now]
        return max(active, key=_beginning) if active else min(own, key=_beginning)

    def _current(self, now: datetime) -> list[SigningKey]:
        if abs((now - self._looked_at).total_seconds()) > LOOK_AGAIN_SECONDS:
            self._looked_at = now
            # Reading a private key costs milliseconds; the names tell whether there is need.
            if _names(self._folder) != {_file_name(key) for key in self._keys}:
                self._keys = _read(self._folder)
        return self._keys

    def published(self, *, now: datetime) -> list[tuple[SigningKey, datetime | None]]:
        """Return the keys that verifiers must know, each with its instant of retirement."""
        keys = self._current(now)
        listed = [(key, _retirement(key, keys)) for key in keys]
        return [(key, end) for key, end in listed if end is None or end > now]

    def document(self, *, now: datetime) -> dict[str, Any]:
        """Return the JWKS document."""
        return {"keys": [key.public() for key, _ in self.published(now=now)]}


LEEWAY = timedelta(seconds=60)


def rotate(folder: Path, *, now: datetime) -> list[str]:
    """Make a successor of every algorithm's key and remove the retired ones; return the new ids.

    The successors begin to sign after `PUBLISHED_BEFORE`.
    """
    with alone(folder / ".lock"):
        made = [
            _make(folder, algorithm, activates_at=now + PUBLISHED_BEFORE)
            for algorithm in _ALGORITHMS
        ]
        keys = _read(folder)
        for key in keys:
            end = _retirement(key, keys)
            if end is not None and end <= now:
                (folder / _file_name(key)).unlink()
    return made


def _beginning(key: SigningKey) -> tuple[datetime, str]:
    return key.activates_at, key.kid


def _retirement(key: SigningKey, keys: list[SigningKey]) -> datetime | None:
    later = [
        other.activates_at
        for other in keys
        if other.algorithm == key.algorithm and _beginning(other) > _beginning(key)
    ]
    return min(later) + PUBLISHED_AFTER if later else None


def _file_name(key: SigningKey) -> str:
    return f"{key.algorithm}.{int(key.activates_at.timestamp())}.{key.kid}.pem"


def _make(folder: Path, algorithm: str, *, activates_at: datetime) -> str:
    private: Key = (
        RSAKey.generate_key(RSA_BITS, private=True)
        if algorithm == ACCESS_ALGORITHM
        else OKPKey.generate_key("Ed25519", private=True)
    )
    key = SigningKey(private.thumbprint(), algorithm, activates_at, private)
    draft = folder / f".{key.kid}.new"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(private.as_pem(private=True))
        file.flush()
        os.fsync(file.fileno())
    draft.rename(folder / _file_name(key))
    return key.kid


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("*.pem")}


def _read(folder: Path) -> list[SigningKey]:
    keys = []
    for path in sorted(folder.glob("*.pem")):
        algorithm, seconds, kid, _ = path.name.rsplit(".", 3)
        if path.stat().st_mode & 0o077:
            message = f"the signing key {path.name} can be read by others: chmod 600 it"
            raise PermissionError(message)
        reader: type[Key] = RSAKey if algorithm == ACCESS_ALGORITHM else OKPKey
        private = reader.import_key(path.read_bytes(), {"kid": kid})
        begins = datetime.fromtimestamp(int(seconds), UTC)
        keys.append(SigningKey(kid, algorithm, begins, private))
    return keys
