"""Small contents of every type, and purposes that take some of them."""

import io
import struct
import zipfile
import zlib

from metatron.platform.files.interface import FilePurpose, register_purpose

EVIDENCE = FilePurpose(
    "test_evidence",
    ("image/png", "image/jpeg", "application/pdf", "text/plain"),
    200_000,
    read_permission="campaigns:books",
)
EXPORT = FilePurpose(
    "test_export",
    ("application/json", "text/csv"),
    1_000_000,
    read_permission="campaigns:books",
    unattached_seconds=None,
)
PICTURE = FilePurpose(
    "test_picture",
    ("image/png", "image/webp", "image/gif"),
    50_000,
    read_permission="campaigns:read",
    upload_permission="campaigns:organise",
)
for each in (EVIDENCE, EXPORT, PICTURE):
    register_purpose(each)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(shade: int = 0) -> bytes:
    """A picture of one pixel."""
    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixel = zlib.compress(bytes([0, shade % 256]) + struct.pack(">I", shade))
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", pixel) + _chunk(b"IEND", b"")
    )


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return out.getvalue()


JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(20) + b"\xff\xd9"
GIF = b"GIF89a\x01\x00\x01\x00\x00\x00\x00,\x00;"
WEBP = b"RIFF" + (12).to_bytes(4, "little") + b"WEBPVP8 " + bytes(4)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n%%EOF\n"
XLSX = archive("[Content_Types].xml", "xl/workbook.xml")
DOCX = archive("[Content_Types].xml", "word/document.xml")
