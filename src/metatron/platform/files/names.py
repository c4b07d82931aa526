"""Names of files: a label for people, never a path, and no disguise."""

import unicodedata
from urllib.parse import quote

from metatron.platform.files.media_types import EXTENSIONS

LONGEST_NAME = 150
_FALLBACK = "file"
_SLASHES = str.maketrans(
    dict.fromkeys("\\\u2044\u2215\u2216\u29f5\u29f8\u29f9\ufe68\uff0f\uff3c", "/")
)
_FORBIDDEN = frozenset('<>:"|?*')


def clean_name(name: str, media_type: str) -> str:
    """Return a name fit to show and to save under, ending as its type does.

    What looks like a path loses all but its last part, whatever alphabet its slashes come from;
    characters that nobody sees, or that turn the direction of writing, are left out.
    """
    # Twice: a look-alike may only become a slash, or fall apart into parts, by the folding.
    folded = unicodedata.normalize("NFKC", name.translate(_SLASHES)).translate(_SLASHES)
    last = folded.rstrip("/ ").rpartition("/")[2]
    kept = "".join(each for each in last if _is_plain(each))
    plain = " ".join(kept.split()).strip(". ")
    endings = EXTENSIONS.get(media_type, ())
    ending = next((each for each in endings if plain.lower().endswith(each)), "")
    stem = plain[: len(plain) - len(ending)].strip(". ")[:LONGEST_NAME].strip(". ")
    return (stem or _FALLBACK) + (ending.lower() or (endings[0] if endings else ""))


def _is_plain(character: str) -> bool:
    if character in _FORBIDDEN:
        return False
    return character == " " or unicodedata.category(character)[0] not in {"C", "Z"}


def disposition(name: str) -> str:
    """Return the Content-Disposition that lets a browser save the content (RFC 6266)."""
    plain = "".join(each if each.isascii() and each.isprintable() else "_" for each in name)
    plain = plain.replace('"', "_").replace("\\", "_").replace("%", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
