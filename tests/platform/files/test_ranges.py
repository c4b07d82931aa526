"""Parts of a content, from both stores: what a broken download goes on with."""

import random
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.platform.files.interface import signed_link
from metatron.platform.files.ranges import Part, Unsatisfiable, part_asked
from metatron.platform.files.site import site
from tests.support.people import new_email

from .conftest import House
from .contents import EVIDENCE
from .kept import InBucket, Kept

TAG = '"a"'
TEXT = bytes(random.Random(7).choices(b"abcdefghij\n", k=190_000))
"""Larger than a connection's buffer, and of a type that is told by any of its bytes."""


async def upload(house: House, content: bytes = TEXT) -> str:
    query = {"purpose": EVIDENCE.name, "name": "long.txt"}
    made = await house.participant.post("/files", params=query, content=content)
    assert made.status_code == 201, made.text
    return f"/files/{made.json()['id']}/content"


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=1000-70000", 1_000, 70_000),
        ("bytes=189999-", 189_999, 189_999),
        ("bytes=100000-", 100_000, 189_999),
        ("bytes=100-999999999", 100, 189_999),
        ("bytes=-1", 189_999, 189_999),
        ("bytes=-500000", 0, 189_999),
    ],
)
async def test_a_part_is_what_stands_there(
    house: House, folder: Kept, wanted: str, first: int, last: int
) -> None:
    assert folder.left() == []
    got = await house.participant.get(await upload(house), headers={"range": wanted})
    assert got.status_code == 206, got.text
    assert got.content == TEXT[first : last + 1]
    assert got.headers["content-range"] == f"bytes {first}-{last}/{len(TEXT)}"
    assert got.headers["content-length"] == str(last + 1 - first)
    assert got.headers["content-type"] == "text/plain; charset=utf-8"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-security-policy"] == "default-src 'none'; sandbox"


async def test_what_is_no_single_range_is_answered_whole(house: House) -> None:
    path = await upload(house)
    whole = await house.participant.get(path)
    assert (whole.status_code, whole.headers["accept-ranges"]) == (200, "bytes")
    for wanted in (
        "bytes=0-1,5-6", "bytes=5-4", "bytes=-", "bytes=a-b", "lines=1-2", "bytes=1-2, ", "",
        "bytes=" + "9" * 40 + "-", "bytes=\u0661-\u0662",
    ):  # fmt: skip
        got = await house.participant.get(path, headers={"range": wanted.encode()})
        assert (got.status_code, got.content) == (200, TEXT), wanted
        assert "content-range" not in got.headers


async def test_a_part_behind_the_end_is_refused(house: House) -> None:
    path = await upload(house)
    for wanted in (f"bytes={len(TEXT)}-", "bytes=999999999-999999999", "bytes=-0"):
        got = await house.participant.get(path, headers={"range": wanted})
        assert got.status_code == 416, wanted
        assert got.headers["content-range"] == f"bytes */{len(TEXT)}"
        assert got.json()["code"] == "range_not_satisfiable"


async def test_a_part_of_another_content_is_not_joined_to_this_one(house: House) -> None:
    path, other = await upload(house), await upload(house, TEXT[1:])
    tag = (await house.participant.get(path)).headers["etag"]
    for presented, status in (
        (tag, 206), ((await house.participant.get(other)).headers["etag"], 200), (f"W/{tag}", 200),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 200),
    ):  # fmt: skip
        headers = {"range": "bytes=3-5", "if-range": presented}
        got = await house.participant.get(path, headers=headers)
        assert got.status_code == status, presented
        assert got.content == (TEXT[3:6] if status == 206 else TEXT)
    behind = {"range": f"bytes={len(TEXT)}-", "if-range": '"another"'}
    assert (await house.participant.get(path, headers=behind)).status_code == 200


async def test_parts_are_nobody_elses(house: House) -> None:
    path, mail = await upload(house), new_email("elsewhere")
    elsewhere = await house.door.organisation(mail)
    stranger = await house.door.signed_in(mail, elsewhere.id)
    for wanted in ("bytes=0-5", f"bytes={len(TEXT)}-"):
        headers = {"range": wanted}
        assert (await stranger.get(path, headers=headers)).status_code == 404
        assert (await house.supplier.get(path, headers=headers)).status_code == 403


async def test_a_link_opens_parts_too(house: House) -> None:
    path, now = await upload(house), utc_now()
    tenant = system_context(UUID(str(house.tenant_id)))
    file_id, until = UUID(path.split("/")[2]), now + timedelta(hours=1)
    link = signed_link(tenant, file_id=file_id, expires_at=until, now=now)
    nobody: httpx.AsyncClient = house.door.browser()
    got = await nobody.get(link.removeprefix("/api/v1"), headers={"range": "bytes=7-9"})
    assert (got.status_code, got.content) == (206, TEXT[7:10])


@pytest.mark.parametrize("folder", ["bucket"], indirect=True)
async def test_a_part_that_breaks_off_is_taken_up_where_it_broke(
    house: House, folder: InBucket
) -> None:
    path = await upload(house)
    folder.twin.cuts = [("GET", 30_000), ("GET", 30_000)]
    got = await house.participant.get(path, headers={"range": "bytes=1000-150000"})
    assert (got.status_code, got.content) == (206, TEXT[1_000:150_001])
    assert folder.twin.cuts == []
    assert site().store is folder.store


@given(
    size=st.integers(1, 60),
    first=st.none() | st.integers(0, 70),
    last=st.none() | st.integers(0, 70),
)
def test_a_part_is_within_the_content(size: int, first: int | None, last: int | None) -> None:
    """Against the standard's words: a suffix counts from the end, the rest is a slice."""
    wanted = f"bytes={'' if first is None else first}-{'' if last is None else last}"
    whole = bytes(range(size))
    if first is None and last is None:
        expected: bytes | None = whole
    elif first is None:
        expected = whole[-last:] if last else None
    elif last is not None and last < first:
        expected = whole
    else:
        expected = whole[first : None if last is None else last + 1] or None
    try:
        part = part_asked(wanted, None, tag=TAG, size=size)
    except Unsatisfiable:
        assert expected is None
        return
    found = part or Part(0, size - 1)
    assert whole[found.first : found.last + 1] == expected
    assert found.length == len(expected or b"")
