"""What an S3-like store does wrong, and what is seen of it: never half a content, never a key."""

import asyncio
import hashlib
import logging
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs

from metatron.kernel.errors import Busy
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from metatron.platform.files import bucket as bucket_module
from metatron.platform.files.bucket import Bucket
from metatron.platform.files.contents import copy_contents
from metatron.platform.files.folder import Folder
from metatron.platform.files.site import folder_of, store_of
from metatron.platform.files.store import Received, Store, StoreUnusable
from metatron.platform.health.files_check import files_check
from tests.support import s3_store

from .kept import PREFIX, content_name, s3_settings

TENANT = new_id()
CONTENT = bytes(range(256)) * 4_000


def told(settings: Settings, twin: s3_store.Store, folder: Path, **changes: Any) -> Settings:
    more = {"data_dir": folder, **s3_settings(twin), **changes}
    return Settings(**(settings.model_dump() | more))


@pytest.fixture
async def bucket(
    settings: Settings, twin: s3_store.Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Bucket]:
    monkeypatch.setattr(bucket_module, "FIRST_WAIT_SECONDS", 0.001)
    made = store_of(told(settings, twin, tmp_path))
    assert isinstance(made, Bucket)
    yield made
    await made.close()


async def received(store: Store, content: bytes = CONTENT) -> Received:
    async def parts() -> AsyncIterator[bytes]:
        yield content

    return await store.receive(TENANT, parts(), most_bytes=len(content))


async def kept(store: Store, content: bytes = CONTENT) -> bytes:
    taken = await received(store, content)
    await store.keep(taken)
    await store.discard(taken)
    return taken.sha256


async def whole(store: Store, sha256: bytes) -> bytes:
    return b"".join([part async for part in store.read(TENANT, sha256)])


def scratch(bucket: Bucket) -> list[Path]:
    return [path for path in bucket._scratch.root.rglob("*") if path.is_file()]


async def test_a_content_lies_under_its_hash_and_nothing_else_stays(
    bucket: Bucket, twin: s3_store.Store
) -> None:
    sha256 = await kept(bucket)
    assert twin.objects == {f"{PREFIX}/{content_name(TENANT, sha256.hex())}": CONTENT}
    assert scratch(bucket) == []
    assert await bucket.size(TENANT, sha256) == len(CONTENT)
    assert await whole(bucket, sha256) == CONTENT
    other = hashlib.sha256(b"else").digest()
    assert await bucket.size(TENANT, other) is None
    with pytest.raises(FileNotFoundError):
        await whole(bucket, other)


async def test_what_passes_is_tried_again(bucket: Bucket, twin: s3_store.Store) -> None:
    twin.failures = [("PUT", 503), ("PUT", 503)]
    sha256 = await kept(bucket)
    twin.failures = [("GET", 503), ("GET", 500)]
    assert await whole(bucket, sha256) == CONTENT
    twin.failures = [("GET", 503)] * 3
    with pytest.raises(Busy, match="try again in a moment"):
        await bucket.size(TENANT, sha256)
    assert twin.failures == []


async def test_an_upload_that_is_cut_leaves_nothing(bucket: Bucket, twin: s3_store.Store) -> None:
    twin.cuts = [("PUT", 100_000)]
    assert await bucket.size(TENANT, await kept(bucket)) == len(CONTENT), "taken up by another try"
    before = dict(twin.objects)
    twin.cuts = [("PUT", 100_000)] * 3
    with pytest.raises(Busy):
        await received(bucket, CONTENT[1:])
    assert twin.objects == before
    assert scratch(bucket) == []


async def test_a_download_that_is_cut_goes_on_where_it_was(
    bucket: Bucket, twin: s3_store.Store
) -> None:
    sha256 = await kept(bucket)
    twin.cuts = [("GET", 300_000), ("GET", 300_000)]
    assert await whole(bucket, sha256) == CONTENT
    twin.cuts = [("GET", 10)] * 3
    with pytest.raises(Busy):
        await whole(bucket, sha256)
    assert twin.cuts == [], "half a content is never told to be a whole one"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"files_s3_secret": "a-wrong-secret"}, "SignatureDoesNotMatch"),
        ({"files_s3_access_key": "AKOTHER"}, "InvalidAccessKeyId"),
        ({"files_s3_bucket": "nobodys"}, "NoSuchBucket"),
    ],
)
async def test_what_is_configured_wrongly_is_said_in_one_line(
    settings: Settings, twin: s3_store.Store, tmp_path: Path, change: dict[str, str], code: str
) -> None:
    store = store_of(told(settings, twin, tmp_path, **change))
    with pytest.raises(StoreUnusable, match=rf"\(40[34] {code}\)") as refused:
        await store.check()
    assert "\n" not in str(refused.value)
    outcome = await files_check(store).ask()
    assert outcome.state == "degraded"
    assert code in outcome.facts["files_problem"]
    with capture_logs() as logs, pytest.raises(Busy):
        await received(store)
    assert [each["problem"] for each in logs] == [str(refused.value)]
    with pytest.raises(Busy):
        await store.size(TENANT, bytes(32))
    await store.close()


async def test_nothing_logged_holds_the_secret(
    bucket: Bucket, twin: s3_store.Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    structlog.reset_defaults()
    sha256 = await kept(bucket)
    twin.failures = [("GET", 503)] * 3
    with capture_logs() as logs, pytest.raises(Busy) as busy:
        await bucket.size(TENANT, sha256)
    everything = f"{caplog.text}{logs}{busy.value}{busy.value.__cause__}{bucket.place!r}"
    assert s3_store.SECRET not in everything
    assert s3_store.SECRET not in repr(bucket.wire)


async def test_a_silent_store_is_waited_for_in_bounds(
    bucket: Bucket, twin: s3_store.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = await kept(bucket)
    monkeypatch.setattr(bucket_module, "SHORT_SECONDS", 0.2)
    twin.silent = threading.Event()
    try:
        async with asyncio.timeout(5):
            with pytest.raises(StoreUnusable, match="in time"):
                await bucket.check()
            with pytest.raises(Busy):
                await bucket._asked(lambda: bucket.wire.call("GET", "x"), seconds=0.2)
    finally:
        twin.silent.set()
        twin.silent = None
    assert await whole(bucket, sha256) == CONTENT, "it is used again once it answers"


async def test_lists_of_many_pages(bucket: Bucket, twin: s3_store.Store) -> None:
    twin.page = 2
    hashes = sorted([await kept(bucket, bytes([number, 7])) for number in range(5)])
    for _ in range(3):
        twin.put(f"{PREFIX}/{new_id()}/aa/{'0' * 64}", b"x")
    assert sorted(await bucket.contents_before(TENANT, float("inf"))) == hashes
    assert len(await bucket.tenants()) == 4


async def test_contents_move_and_a_break_is_taken_up(
    settings: Settings, twin: s3_store.Store, tmp_path: Path, bucket: Bucket
) -> None:
    folder = folder_of(told(settings, twin, tmp_path))
    hashes = [await kept(folder, bytes([number]) * 1_000) for number in range(4)]
    async for moved in copy_contents(folder, bucket):
        assert moved.copied == 1
        break
    assert len(twin.objects) == 1
    *_, moved = [each async for each in copy_contents(folder, bucket)]
    assert (moved.copied, moved.there, moved.damaged) == (3, 1, 0)
    assert {await whole(bucket, each) for each in hashes} == {
        await whole(folder, each) for each in hashes
    }
    folder.place(TENANT, hashes[0]).write_bytes(b"spoilt")
    *_, moved = [each async for each in copy_contents(folder, bucket)]
    assert (moved.there, moved.damaged) == (3, 1)
    assert await whole(bucket, hashes[0]) == bytes([0]) * 1_000
    back = Folder(tmp_path / "back")
    *_, moved = [each async for each in copy_contents(bucket, back)]
    assert (moved.copied, moved.damaged) == (4, 0)
    assert await whole(back, hashes[0]) == bytes([0]) * 1_000


def test_a_bucket_needs_all_that_opens_it(
    settings: Settings, twin: s3_store.Store, tmp_path: Path
) -> None:
    for change, said in (
        ({"files_s3_access_key": ""}, "needs METATRON_FILES_S3_ACCESS_KEY"),
        ({"files_s3_secret": ""}, "METATRON_FILES_S3_SECRET_FILE"),
        ({"files_s3_secret_file": tmp_path / "none"}, "names no file"),
        ({"files_s3_endpoint": "s3.example.com"}, "address without a path"),
        ({"files_s3_endpoint": "https://s3.example.com/lake"}, "address without a path"),
    ):
        with pytest.raises(ValueError, match=said):
            told(settings, twin, tmp_path, **change)
    file = tmp_path / "secret"
    file.write_text(f"{s3_store.SECRET}\n")
    made = store_of(told(settings, twin, tmp_path, files_s3_secret="", files_s3_secret_file=file))
    assert isinstance(made, Bucket)
    assert made.place.secret == s3_store.SECRET


def test_without_an_endpoint_it_is_amazons(
    settings: Settings, twin: s3_store.Store, tmp_path: Path
) -> None:
    made = store_of(told(settings, twin, tmp_path, files_s3_endpoint="", files_s3_path_style=False))
    assert isinstance(made, Bucket)
    found = made.wire
    assert (found.host, found.base) == (f"{s3_store.BUCKET}.s3.{s3_store.REGION}.amazonaws.com", "")
    assert found.scheme == "https"
