"""What a content is, told from its bytes alone."""

import codecs
import re
import zipfile
from pathlib import Path

import orjson

OPAQUE = "application/octet-stream"
PLAIN = "text/plain"
TEXTS = (PLAIN, "text/csv", "application/json")
_OFFICE = "application/vnd.openxmlformats-officedocument"
EXTENSIONS: dict[str, tuple[str, ...]] = {
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "application/pdf": (".pdf",),
    "application/zip": (".zip",),
    f"{_OFFICE}.spreadsheetml.sheet": (".xlsx",),
    f"{_OFFICE}.wordprocessingml.document": (".docx",),
    PLAIN: (".txt", ".log", ".md"),
    "text/csv": (".csv",),
    "application/json": (".json",),
}
"""All that is recognised and may be taken; of several endings the first is given to a name."""
EDGE_BYTES = 4_096
LARGEST_JSON = 5 * 1_048_576
LONGEST_DIRECTORY_BYTES = 1_048_576
"""Of an archive: some ten thousand entries with usual names."""
_FURTHEST_END = 65_535 + 22
_WIDE_LOCATOR_BYTES = 20
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\u0080-\u0084\u0086-\u009f]")
_MARKUP = re.compile(r"\s*(<|\ufeff\s*<)")


class Sniffer:
    """Takes a content in parts and remembers what tells its type: both ends, and if it is text."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.size = 0
        self.head = b""
        self.tail = b""
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._is_text = True

    def feed(self, part: bytes) -> None:
        """Take the next part."""
        self.size += len(part)
        if len(self.head) < EDGE_BYTES:
            self.head = (self.head + part)[:EDGE_BYTES]
        self.tail = (self.tail + part)[-EDGE_BYTES:]
        if self._is_text:
            self._read_text(part, final=False)

    def _read_text(self, part: bytes, *, final: bool) -> None:
        try:
            text = self._decoder.decode(part, final)
        except UnicodeDecodeError:
            self._is_text = False
            return
        self._is_text = _CONTROL.search(text) is None

    def media_type(self, path: Path) -> str:
        """Return what the whole content, which lies at `path`, is; octets if nothing known.

        A picture or document without its proper end is not recognised: it is not whole, or more
        than it pretends to be.
        """
        for prefix, media_type in _PREFIXES:
            if self.head.startswith(prefix):
                return media_type if self._ends_as(media_type) else OPAQUE
        if self.head[:4] == b"RIFF" and self.head[8:12] == b"WEBP":
            length = int.from_bytes(self.head[4:8], "little") + 8
            return "image/webp" if length in {self.size, self.size + 1} else OPAQUE
        if self.head.startswith(b"PK\x03\x04"):
            return _kind_of_archive(path)
        if self._is_text:
            self._read_text(b"", final=True)
        return _kind_of_text(self.head) if self._is_text else OPAQUE

    def _ends_as(self, media_type: str) -> bool:
        match media_type:
            case "image/png":
                return self.tail.endswith(b"IEND\xaeB`\x82") and self.head[12:16] == b"IHDR"
            case "image/gif":
                return self.tail.endswith(b";")
            case "image/jpeg":
                return self.tail.rstrip(b"\x00\r\n").endswith(b"\xff\xd9")
            case _:
                return b"%%EOF" in self.tail[-1_024:]


_PREFIXES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
)


def taken_as(found: str, taken: tuple[str, ...], path: Path) -> str | None:
    """Return the type under which a purpose takes a content, None if it does not.

    Plain text passes as the first kind of text that the purpose names and the content can be.
    """
    if found != PLAIN:
        return found if found in taken and found in EXTENSIONS else None
    for wanted in taken:
        if wanted in TEXTS and (wanted != "application/json" or _is_json(path)):
            return wanted
    return None


def _kind_of_text(head: bytes) -> str:
    text = head.decode("utf-8", "ignore")
    if _MARKUP.match(text) is None:
        return PLAIN
    return "image/svg+xml" if "<svg" in text.lower() else "text/html"


def _directory_bytes(path: Path) -> int | None:
    """Return how long an archive's list of entries is; None for a form that we do not read.

    The library reads it whole, some 500 bytes of memory for 47 of the archive, before it counts.
    """
    with path.open("rb") as file:
        file.seek(0, 2)
        size = file.tell()
        file.seek(max(0, size - _FURTHEST_END - _WIDE_LOCATOR_BYTES))
        tail = file.read()
    place = tail.rfind(b"PK\x05\x06")
    end = tail[place : place + 22]
    wide = tail[max(0, place - _WIDE_LOCATOR_BYTES) : max(0, place)].startswith(b"PK\x06\x07")
    if place < 0 or len(end) < 22 or wide:
        return None
    return int.from_bytes(end[12:16], "little")


def _names_in(path: Path) -> list[str] | None:
    """Return the names of an archive's entries; None for what is none, or too much of one."""
    length = _directory_bytes(path)
    if length is None or length > LONGEST_DIRECTORY_BYTES:
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.namelist()
    # RuntimeError: the archive asks for a version of the format that the library does not know.
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError):
        return None


def _kind_of_archive(path: Path) -> str:
    names = _names_in(path)
    if names is None:
        return OPAQUE
    if "[Content_Types].xml" not in names:
        return "application/zip"
    if any(name.endswith("vbaProject.bin") for name in names):
        return OPAQUE
    if any(name.startswith("xl/") for name in names):
        return f"{_OFFICE}.spreadsheetml.sheet"
    if any(name.startswith("word/") for name in names):
        return f"{_OFFICE}.wordprocessingml.document"
    return "application/zip"


def _is_json(path: Path) -> bool:
    if path.stat().st_size > LARGEST_JSON:
        return False
    try:
        orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError:
        return False
    return True
