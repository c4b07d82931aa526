"""What must never stand in a log, looked for in all that AMC's tests and their processes wrote."""

import re
from collections.abc import Iterable
from pathlib import Path

from metatron.apps.amc.twin.tokens import ACCESS, REFRESH
from tests.support.amazon import SECRET
from tests.support.kept_secret import kinds_told

KINDS = {
    "access token": re.compile(re.escape(ACCESS) + r"[\w.~+/-]{8}"),
    "refresh token": re.compile(re.escape(REFRESH) + r"[\w.~+/-]{8}"),
    "client secret": re.compile(
        re.escape(SECRET) + r"|client_secret['\"]?\s*[=:]\s*['\"]?[^\s'\"*]{8}"
    ),
    "signed link": re.compile(r"[?&](?:X-Amz-)?signature=[\w%-]{8}", re.IGNORECASE),
    "webhook secret": re.compile(r"whsec_[\w-]{16}"),
    "verifier of a sign-in": re.compile(r"code_verifier['\"]?\s*[=:]\s*['\"]?[\w-]{8}"),
    "JSON Web Token": re.compile(r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8}"),
    "sealed secret": re.compile(r"gAAAAA[\w-]{40}"),
}
LOG = "log"
"""So are the files called that processes of these tests write to."""
_found: set[tuple[str, str]] = set()


def kinds_in(text: str) -> set[str]:
    """The kinds of secrets that stand in a text: by their form, or because they are known."""
    return {kind for kind, pattern in KINDS.items() if pattern.search(text)} | kinds_told(text)


def note(place: str, texts: Iterable[str]) -> None:
    """Remember what stands in `texts`, to be told at the end; the secrets themselves are not."""
    _found.update((kind, place) for text in texts for kind in kinds_in(text))


def in_files(folder: Path) -> set[tuple[str, str]]:
    """Kinds of secrets and the logs below `folder` they stand in."""
    return {
        (kind, str(file.relative_to(folder)))
        for file in folder.rglob(LOG)
        if file.is_file()
        for kind in kinds_in(file.read_text("utf-8", "replace"))
    }


def noted() -> set[tuple[str, str]]:
    """Kinds of secrets and the tests whose words they were in."""
    return set(_found)
