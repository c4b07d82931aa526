"""Results' files: whole, in spite of broken lines; never by a dead link again."""

import hashlib
import tracemalloc
from pathlib import Path

import pytest

from metatron.apps.amc.amazon import downloads, errors
from metatron.apps.amc.amazon.identifiers import AmcExecutionId
from metatron.kernel.ids import new_id
from tests.apps.amc.amazon.conftest import Caller
from tests.apps.amc.amazon.cutting import line_to

CONTENT = b"a,b\n" + b"".join(b"%d,%d\n" % (n, n * n) for n in range(60_000))


@pytest.fixture
def execution_id(caller: Caller) -> AmcExecutionId:
    """An execution whose result is there."""
    made = str(new_id())
    folder: Path = caller.amazon.folder / "results" / made
    folder.mkdir(parents=True)
    (folder / "result.csv").write_bytes(CONTENT)
    caller.amazon.change(
        "insert into execution (execution_id, instance_id, workflow_id, status, request,"
        " window_start, window_end, created_at, updated_at, expires_at, files)"
        " values (?, 'amclocal0001', 'w', 'SUCCEEDED', '{}', '', '', 0, 0, 0, ?)",
        made, '["result.csv"]',
    )  # fmt: skip
    return AmcExecutionId(made)


async def _no_wait(_seconds: float) -> None:
    return


async def test_a_file_comes_whole_and_summed(
    caller: Caller, execution_id: AmcExecutionId, tmp_path: Path
) -> None:
    client = caller.client()
    [link] = (await client.download_urls(execution_id)).files
    done = await client.download(link, tmp_path / "r")
    assert (tmp_path / "r").read_bytes() == CONTENT
    assert (done.size_bytes, done.sha256) == (len(CONTENT), hashlib.sha256(CONTENT).digest())


async def test_a_broken_download_is_taken_up_where_it_broke(
    caller: Caller, execution_id: AmcExecutionId, tmp_path: Path
) -> None:
    [link] = (await caller.client().download_urls(execution_id)).files
    ranges: list[str | None] = []

    async def note(request: object) -> None:
        ranges.append(request.headers.get("range"))  # type: ignore[attr-defined]

    caller.http.event_hooks["request"].append(note)
    async with line_to(caller.amazon.url) as line:
        line.cuts = [200_000, 90_000, 10]
        broken = link.replace(caller.amazon.url, line.url)
        done = await downloads.download(caller.http, broken, tmp_path / "r", sleep=_no_wait)
    assert (tmp_path / "r").read_bytes() == CONTENT
    assert done.sha256 == hashlib.sha256(CONTENT).digest()
    assert ranges[0] is None
    starts = [int(each.removeprefix("bytes=").rstrip("-")) for each in ranges[1:] if each]
    assert len(starts) == 3
    assert 0 < starts[0] < starts[1] <= starts[2] < len(CONTENT)


async def test_a_very_large_file_is_never_held(
    caller: Caller, execution_id: AmcExecutionId, tmp_path: Path
) -> None:
    """Of any size: what is held is a piece of it, also where it breaks and goes on."""
    size = 300_000_000
    place = caller.amazon.folder / "results" / execution_id / "result.csv"
    with place.open("r+b") as file:
        file.truncate(size)
    client = caller.client()
    [link] = (await client.download_urls(execution_id)).files
    tracemalloc.start()
    try:
        async with line_to(caller.amazon.url) as line:
            line.cuts = [100_000_000]
            broken = link.replace(caller.amazon.url, line.url)
            done = await downloads.download(caller.http, broken, tmp_path / "r", sleep=_no_wait)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert done.size_bytes == size
    with (tmp_path / "r").open("rb") as file:
        assert hashlib.file_digest(file, "sha256").digest() == done.sha256
    assert most < 20_000_000


async def test_another_file_at_the_same_place_begins_anew(
    caller: Caller, execution_id: AmcExecutionId, tmp_path: Path
) -> None:
    """Half of one and half of the other would be neither."""
    [link] = (await caller.client().download_urls(execution_id)).files
    other = CONTENT.replace(b",", b";")
    place = caller.amazon.folder / "results" / execution_id / "result.csv"

    async def exchange(_seconds: float) -> None:
        if place.read_bytes() != other:
            place.write_bytes(other)

    async with line_to(caller.amazon.url) as line:
        line.cuts = [300_000]
        broken = link.replace(caller.amazon.url, line.url)
        await downloads.download(caller.http, broken, tmp_path / "r", sleep=exchange)
    assert (tmp_path / "r").read_bytes() == other


async def test_a_dead_link_is_asked_once(
    caller: Caller, execution_id: AmcExecutionId, tmp_path: Path
) -> None:
    caller.amazon.chaos({"fault": "dead_link", "count": 1})
    client = caller.client()
    [dead] = (await client.download_urls(execution_id)).files
    caller.sent.clear()
    with pytest.raises(errors.DeadLink) as told:
        await client.download(dead, tmp_path / "r")
    assert len(caller.sent) == 1
    assert "signature" not in str(told.value)
    [live] = (await client.download_urls(execution_id)).files
    assert (await client.download(live, tmp_path / "r")).size_bytes == len(CONTENT)


async def test_too_large_is_not_kept_on_with(
    caller: Caller, execution_id: AmcExecutionId, tmp_path: Path
) -> None:
    client = caller.client()
    [link] = (await client.download_urls(execution_id)).files
    with pytest.raises(errors.DownloadBroken, match="larger"):
        await client.download(link, tmp_path / "r", most_bytes=1_000)


async def test_a_line_that_never_holds_is_given_up(
    caller: Caller, execution_id: AmcExecutionId, tmp_path: Path
) -> None:
    [link] = (await caller.client().download_urls(execution_id)).files
    async with line_to(caller.amazon.url) as line:
        line.cuts = [0] * 100
        broken = link.replace(caller.amazon.url, line.url)
        with pytest.raises(errors.DownloadBroken) as told:
            await downloads.download(caller.http, broken, tmp_path / "r", sleep=_no_wait)
        assert line.connections == downloads.MOST_RESUMPTIONS + 1
    assert "signature" not in str(told.value)


async def test_links_are_not_shown(caller: Caller, execution_id: AmcExecutionId) -> None:
    found = await caller.client().download_urls(execution_id)
    assert "signature" not in repr(found)
