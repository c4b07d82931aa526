"""Passwords of breaches: a file of the operator's, searched whenever one is chosen.

The file has one SHA-1 in hexadecimal a line, sorted, with whatever else behind it, as the public
collections come. It is not read whole: some forty short reads find a line among a thousand million.
"""

import asyncio
import re
from hashlib import sha1
from pathlib import Path

from metatron.kernel.errors import FieldError
from metatron.platform.identity.errors import WeakPassword

_LINE = re.compile(rb"[0-9A-Fa-f]{40}\b")
_DIGITS = 40


class BreachedPasswords:
    """A sorted file of hashes."""

    def __init__(self, path: Path) -> None:
        """Look whether it is such a file.

        Raises:
            ValueError: its first line is no SHA-1 in hexadecimal.
            OSError: it cannot be read.
        """
        with path.open("rb") as file:
            if _LINE.match(file.read(_DIGITS + 1)) is None:
                message = f"{path} is no file of hashes (METATRON_BREACHED_PASSWORDS)"
                raise ValueError(message)
        self._path = path

    def holds(self, password: str) -> bool:
        """Tell whether a password was seen in a breach, as it stands; reads the file."""
        wanted = sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
        with self._path.open("rb") as file:
            first, end = 0, file.seek(0, 2)
            while first < end:
                middle = (first + end) // 2
                if middle > 0:
                    file.seek(middle - 1)
                    file.readline()
                else:
                    file.seek(0)
                line = file.readline()
                if line and line[:_DIGITS].upper() < wanted:
                    first = file.tell()
                else:
                    end = middle
            file.seek(first)
            return file.readline()[:_DIGITS].upper() == wanted


async def refuse_breached(breached: BreachedPasswords | None, password: str, *, field: str) -> None:
    """Raise `WeakPassword` for a password that was seen in a breach; without a file none is."""
    if breached is not None and await asyncio.to_thread(breached.holds, password):
        hint = "This password was stolen somewhere before; attackers try those first."
        raise WeakPassword(hint, errors=(FieldError(field, "breached", hint),))
