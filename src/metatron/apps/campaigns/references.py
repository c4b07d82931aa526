"""References people can read out: not countable, and a slip is noticed."""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXY"
"""31 signs, a prime number, without those that look alike (I, L, O, U, Z)."""
LENGTH = 8


def new_reference(prefix: str) -> str:
    """Return a random reference such as `C-7K4M-92QX-5`; the last sign checks the others.

    Args:
        prefix: one letter for the kind of thing, not part of the check.
    """
    number = secrets.randbelow(len(ALPHABET) ** LENGTH)  # one call of the system, not eight
    signs = "".join(ALPHABET[number // len(ALPHABET) ** n % len(ALPHABET)] for n in range(LENGTH))
    return f"{prefix}-{signs[:4]}-{signs[4:]}-{check_sign(signs)}"


def check_sign(signs: str) -> str:
    """Return the check sign of `signs`.

    A weighted sum modulo a prime with different weights finds every single wrong sign and every
    exchange of two signs. Source: J. Verhoeff, "Error Detecting Decimal Codes" (1969), ch. 3.
    """
    total = sum((place + 2) * ALPHABET.index(sign) for place, sign in enumerate(signs))
    return ALPHABET[-total % len(ALPHABET)]


def is_reference(text: str) -> bool:
    """Tell whether `text` is a reference whose check sign fits."""
    parts = text.strip().upper().split("-")
    if [len(part) for part in parts] != [1, 4, 4, 1]:
        return False
    signs = parts[1] + parts[2]
    return all(sign in ALPHABET for sign in signs) and check_sign(signs) == parts[3]
