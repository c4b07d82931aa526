"""The text of an API key: `mtk_live_` or `mtk_test_`, 30 random base62 digits, 6 of CRC-32.

The checksum refuses a typing error before any look-up. SHA-256 suffices as a hash: 178 bits of
randomness need no stretching.
"""

import hashlib
import secrets
import zlib

from metatron.platform.tenancy.errors import InvalidApiKeyFormat, MissingApiKey

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
LIVE, TEST = "mtk_live_", "mtk_test_"
_RANDOM, _CHECK = 30, 6
SHOWN = 14
"""How many leading characters of a key are kept to recognise it by."""


def new_key(*, is_sandbox: bool) -> str:
    """Return a fresh key."""
    body = (TEST if is_sandbox else LIVE) + random_text(_RANDOM)
    return body + _checksum(body)


def is_key(text: str) -> bool:
    """Tell whether the text can be a key that was made here."""
    try:
        check_format(text)
    except (MissingApiKey, InvalidApiKeyFormat):
        return False
    return True


def random_text(length: int) -> str:
    """Return `length` random base62 digits."""
    return "".join(secrets.choice(_DIGITS) for _ in range(length))


def check_format(key: str | None) -> None:
    """Raise `MissingApiKey` or `InvalidApiKeyFormat` unless the text can be a key of ours."""
    if not key:
        raise MissingApiKey
    if len(key) != len(LIVE) + _RANDOM + _CHECK or not key.startswith((LIVE, TEST)):
        raise InvalidApiKeyFormat
    body, checksum = key[:-_CHECK], key[-_CHECK:]
    if not all(letter in _DIGITS for letter in key[len(LIVE) :]) or _checksum(body) != checksum:
        raise InvalidApiKeyFormat


def digest_of(secret: str) -> bytes:
    """Return the SHA-256 of a key or token: what is kept of it."""
    return hashlib.sha256(secret.encode()).digest()


def _checksum(body: str) -> str:
    number = zlib.crc32(body.encode())
    digits = ""
    for _ in range(_CHECK):
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits
