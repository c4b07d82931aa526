"""Which passwords are taken: 12 to 128 characters, not well known; no rules of composition."""

import unicodedata

from metatron.kernel.errors import FieldError
from metatron.platform.identity.errors import WeakPassword
from metatron.platform.identity.well_known_passwords import is_well_known

SHORTEST = 12
LONGEST = 128


def normalised(password: str) -> str:
    """Return the one spelling of a password that is hashed (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def check_password(
    password: str, *, own_words: tuple[str, ...] = (), field: str = "body.password"
) -> str:
    """Return the password in the spelling that is hashed.

    Args:
        password: as typed.
        own_words: the person's address and name, which must not make up the password.
        field: its place in the request.

    Raises:
        WeakPassword: too short, too long, well known, or made of the person's own words.
    """
    password = normalised(password)
    if len(password) < SHORTEST:
        raise _weak(field, "too_short", f"Use at least {SHORTEST} characters.")
    if len(password) > LONGEST:
        raise _weak(field, "too_long", f"Use at most {LONGEST} characters.")
    folded = password.casefold()
    if is_well_known(folded):
        raise _weak(field, "well_known", "This password is on lists that attackers try first.")
    if _is_own(folded, own_words):
        raise _weak(field, "own_name", "Do not build it from your name or address.")
    return password


def _is_own(folded: str, own_words: tuple[str, ...]) -> bool:
    left = folded
    for word in sorted({part for text in own_words for part in _parts(text)}, key=len)[::-1]:
        left = left.replace(word, "")
    return left != folded and len(left) < SHORTEST // 2


def _parts(text: str) -> set[str]:
    folded = text.casefold()
    for sign in "@.+-_":
        folded = folded.replace(sign, " ")
    return {word for word in [*folded.split(), folded.replace(" ", "")] if len(word) > 3}


def _weak(field: str, code: str, hint: str) -> WeakPassword:
    return WeakPassword(hint, errors=(FieldError(field, code, hint),))
