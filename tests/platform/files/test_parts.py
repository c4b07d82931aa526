"""Names, types and links, without a database."""

import base64
import struct
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from metatron.kernel.ids import new_id
from metatron.platform.files.media_types import OPAQUE, Sniffer, taken_as
from metatron.platform.files.names import clean_name, disposition
from metatron.platform.files.signing import LinkSigner

from .contents import DOCX, GIF, JPEG, PDF, WEBP, XLSX, archive, png

OFFICE = "application/vnd.openxmlformats-officedocument"


def sniff(content: bytes, folder: Path, step: int = 7) -> str:
    sniffer = Sniffer()
    for place in range(0, len(content), step):
        sniffer.feed(content[place : place + step])
    path = folder / "content"
    path.write_bytes(content)
    return sniffer.media_type(path)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (png(), "image/png"),
        (JPEG, "image/jpeg"),
        (GIF, "image/gif"),
        (WEBP, "image/webp"),
        (PDF, "application/pdf"),
        (XLSX, f"{OFFICE}.spreadsheetml.sheet"),
        (DOCX, f"{OFFICE}.wordprocessingml.document"),
        (archive("a.txt"), "application/zip"),
        (b"plain words, na\xc3\xafve ones too\n", "text/plain"),
        (b"\xef\xbb\xbfa;b\n1;2\n", "text/plain"),
        (b"<!DOCTYPE html><script>1</script>", "text/html"),
        (b" \n\t<ScRiPt>alert(1)</script>", "text/html"),
        (b"\xef\xbb\xbf <html>", "text/html"),
        (b'<?xml version="1.0"?><svg xmlns="x" onload="y"/>', "image/svg+xml"),
        (png()[:-4], OPAQUE),
        (png() + b"<script>1</script>", OPAQUE),
        (JPEG[:-2], OPAQUE),
        (GIF + b"<html>", OPAQUE),
        (PDF[:-7], OPAQUE),
        (WEBP + b"more", OPAQUE),
        (archive("[Content_Types].xml", "xl/vbaProject.bin"), OPAQUE),
        (b"PK\x03\x04 no archive", OPAQUE),
        (b"text with \x00 inside", OPAQUE),
        (b"half a character \xc3", OPAQUE),
        (b"\xff\xfeU\x00T\x00F\x00", OPAQUE),
        (b"MZ\x90\x00\x03", OPAQUE),
        (b"\x7fELF\x02", OPAQUE),
    ],
)
def test_the_bytes_tell_the_type(content: bytes, media_type: str, tmp_path: Path) -> None:
    for step in (1, 7, 100_000):
        assert sniff(content, tmp_path, step) == media_type


def _crowded(entries: int, *, wide: bool = False) -> bytes:
    """An archive that lists one file of one byte's name again and again, and owns to one."""
    head = struct.pack("<5H3L2H", 20, 0, 0, 0, 0, 0, 0, 0, 1, 0)
    listed = struct.pack("<6H3L5H2L", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0)
    local, directory = b"PK\x03\x04" + head + b"a", (b"PK\x01\x02" + listed + b"a") * entries
    locator = b"PK\x06\x07" + bytes(16) if wide else b""
    end = struct.pack("<4H2LH", 0, 0, 1, 1, len(directory), len(local), 0)
    return local + directory + locator + b"PK\x05\x06" + end


def test_an_archive_of_very_many_entries_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sniff(_crowded(1_000), tmp_path, 1_000_000) == "application/zip"

    def opened(*_: object) -> None:
        pytest.fail("the library would read the list of entries whole")

    monkeypatch.setattr(zipfile, "ZipFile", opened)
    assert sniff(_crowded(50_000), tmp_path, 1_000_000) == OPAQUE
    assert sniff(_crowded(10, wide=True), tmp_path, 1_000_000) == OPAQUE
    # A second end within the last bytes would be found by another reader than the first.
    assert sniff(_crowded(10)[:-8] + b"PK\x05\x06" + bytes(4), tmp_path, 1_000_000) == OPAQUE


def test_text_is_taken_as_what_the_purpose_names(tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_bytes(b'{"a": 1}')
    wanted = ("application/json", "text/csv")
    assert taken_as("text/plain", wanted, path) == "application/json"
    path.write_bytes(b"a;b")
    assert taken_as("text/plain", wanted, path) == "text/csv"
    assert taken_as("text/plain", ("application/json",), path) is None
    assert taken_as("text/html", ("text/html",), path) is None
    assert taken_as("image/png", ("image/jpeg",), path) is None


@pytest.mark.parametrize(
    ("name", "media_type", "clean"),
    [
        ("photo.png", "image/png", "photo.png"),
        ("Photo.JPEG", "image/jpeg", "Photo.jpeg"),
        ("../../etc/passwd", "text/plain", "passwd.txt"),
        ("..\\..\\windows\\system.ini", "text/plain", "system.ini.txt"),
        ("a\u2215b\u2044c\uff0fd\uff3ce.png", "image/png", "e.png"),
        ("\uff0e\uff0e\uff0fsecret.pdf", "application/pdf", "secret.pdf"),
        ("invoice\u202egnp.exe", "image/png", "invoicegnp.exe.png"),
        ("in\u200bvoice\u00ad.pdf", "application/pdf", "invoice.pdf"),
        ("invoice.pdf.exe", "application/pdf", "invoice.pdf.exe.pdf"),
        ("..", "application/pdf", "file.pdf"),
        (".htaccess", "text/plain", "htaccess.txt"),
        ("   ", "image/png", "file.png"),
        (".png", "image/png", "png.png"),
        ("C:evil|name?.png", "image/png", "Cevilname.png"),
        ("two\nlines\r\nx.png", "image/png", "twolinesx.png"),
        ("ﬁle №1.pdf", "application/pdf", "file No1.pdf"),
        ("Übersicht März.pdf", "application/pdf", "Übersicht März.pdf"),
    ],
)
def test_names_are_labels(name: str, media_type: str, clean: str) -> None:
    assert clean_name(name, media_type) == clean


@given(st.text(max_size=400), st.sampled_from(["image/png", "text/plain", "application/pdf"]))
def test_no_name_is_a_path(name: str, media_type: str) -> None:
    clean = clean_name(name, media_type)
    assert 1 <= len(clean) <= 200
    assert not set(clean) & set('/\\\x00\r\n"<>:|?*\u202e\u200b')
    assert not clean.startswith(".")
    assert clean_name(clean, media_type) == clean
    header = disposition(clean)
    assert header.isascii()
    assert header.count('"') == 2
    assert "\n" not in header


def test_links_hold_until_anything_changes() -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    tenant_id, file_id = new_id(), new_id()
    until = datetime(2027, 1, 1, tzinfo=UTC) + timedelta(seconds=5)
    link = LinkSigner(old).sign(tenant_id, file_id, until)
    rotated = LinkSigner(f"{new}, {old}")
    opened = rotated.open(link)
    assert opened is not None
    assert (opened.tenant_id, opened.file_id, opened.expires_at) == (tenant_id, file_id, until)
    assert LinkSigner(new).open(link) is None
    raw = base64.urlsafe_b64decode(link)
    for place in range(len(raw)):
        forged = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        assert rotated.open(base64.urlsafe_b64encode(forged).decode()) is None
    for wrong in ("", link[:-1], link + "A", link + "\n", link.lower(), "é", "a" * 96, "=" * 96):
        assert rotated.open(wrong) is None, wrong
    assert LinkSigner("").open(link) is None
