"""ETag and If-Match for records that carry a `version`."""

from metatron.kernel.errors import InvalidInput, VersionConflict


def etag(version: int) -> str:
    """Return the strong entity tag of a version."""
    return f'"{version}"'


def check_if_match(header: str | None, version: int) -> None:
    """Refuse a write whose `If-Match` names another version (RFC 9110, 13.1.1).

    Raises:
        VersionConflict: the record moved on.
        InvalidInput: the header is not an entity tag of ours.
    """
    if header is None or header.strip() == "*":
        return
    tags = [tag.strip() for tag in header.split(",")]
    if not all(len(tag) > 2 and tag[0] == tag[-1] == '"' for tag in tags):
        raise InvalidInput.field("header.if-match", "invalid_etag", 'Send a tag such as "3".')
    if etag(version) not in tags:
        raise VersionConflict
