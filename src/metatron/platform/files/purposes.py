"""What files are taken for; registered by the applications when their module is imported."""

from dataclasses import dataclass

from metatron.platform.files.errors import PurposeUnknown

LARGEST_BYTES = 50 * 1_048_576
"""No purpose takes more."""


@dataclass(frozen=True, slots=True)
class FilePurpose:
    """One use of files: what may be in them, how large they are, and who opens them.

    `name` is a word such as `campaign_evidence`. `media_types` are what contents are recognised
    as, never what a client says. Who uploaded a file may always open it; others need
    `read_permission`. Uploading needs `upload_permission` where one is named. A file that is not
    attached to anything is deleted after `unattached_seconds`; None keeps it.
    """

    name: str
    media_types: tuple[str, ...]
    max_bytes: int
    read_permission: str
    upload_permission: str | None = None
    unattached_seconds: int | None = 86_400


_known: dict[str, FilePurpose] = {}


def register_purpose(purpose: FilePurpose) -> None:
    """Make a purpose known by its name; called when the owning module is imported."""
    assert 0 < purpose.max_bytes <= LARGEST_BYTES, f"{purpose.name}: at most {LARGEST_BYTES} bytes"
    known = _known.setdefault(purpose.name, purpose)
    assert known == purpose, f"two purposes are named {purpose.name}"


def purpose_named(name: str) -> FilePurpose:
    """Return a registered purpose; raise `PurposeUnknown` for another name."""
    known = _known.get(name)
    if known is None:
        hint = "Name a purpose that this organisation's applications know."
        raise PurposeUnknown(
            hint, errors=PurposeUnknown.field("query.purpose", "unknown_purpose", hint).errors
        )
    return known


def read_permission_of(name: str) -> str | None:
    """Return the permission that opens files of a purpose, None when nobody knows it any more."""
    known = _known.get(name)
    return known.read_permission if known is not None else None
