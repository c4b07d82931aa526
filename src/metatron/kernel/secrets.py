"""Secrets at rest: MultiFernet, newest key first, rotation without downtime."""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class SecretUnreadable(ValueError):
    """No configured key opens this secret."""


class SecretBox:
    """Seals and opens small secrets.

    Args:
        keys: comma-separated Fernet keys, newest first; the first seals, all open.

    Raises:
        ValueError: no key, or a malformed one.
    """

    def __init__(self, keys: str) -> None:
        """Read the keys."""
        names = [key.strip() for key in keys.split(",") if key.strip()]
        if not names:
            message = "no secret key is configured (METATRON_SECRET_KEYS)"
            raise ValueError(message)
        self._fernet = MultiFernet([Fernet(name) for name in names])

    def seal(self, plain: str) -> bytes:
        """Encrypt `plain` under the newest key."""
        return self._fernet.encrypt(plain.encode())

    def open(self, sealed: bytes) -> str:
        """Decrypt; raises `SecretUnreadable` when no key fits."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken as error:
            raise SecretUnreadable from error

    def rotate(self, sealed: bytes) -> bytes:
        """Re-encrypt under the newest key, keeping the time of sealing."""
        try:
            return self._fernet.rotate(sealed)
        except InvalidToken as error:
            raise SecretUnreadable from error


def new_key() -> str:
    """Return a fresh Fernet key as text."""
    return Fernet.generate_key().decode()
