"""Places in a process are shared fairly between organisations, and nobody sits on one for long."""

import asyncio
import time
from contextlib import AsyncExitStack
from pathlib import Path

import duckdb
import pytest

from metatron.apps.amc.runs.results import engine, exporting, turnstile
from metatron.apps.amc.runs.results.statements import Columns
from metatron.kernel.errors import Busy
from metatron.kernel.ids import new_id

COLUMNS = Columns({"n": "BIGINT", "s": "VARCHAR"})
STALLED_SECONDS = 5.0
"""Within which an engine has begun, also on a busy machine."""


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A result of some ten megabytes as text."""
    file = tmp_path / "large.parquet"
    duckdb.connect().execute(
        "copy (select range as n, repeat('x', 100) as s from range(100000))"
        f" to '{file}' (format parquet)"
    )
    return file


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turnstile, "WAIT_SECONDS", 0.2)


@pytest.mark.usefixtures("impatient")
async def test_one_organisation_never_has_all_places() -> None:
    gate, one, other = turnstile.Turnstile(3, of_one=2), new_id(), new_id()
    async with AsyncExitStack() as held:
        for _ in range(2):
            await held.enter_async_context(gate.place(one))
        with pytest.raises(Busy):
            async with gate.place(one):
                raise AssertionError("a third place of one organisation")
        async with gate.place(other):
            pass
        async with gate.place(other):
            with pytest.raises(Busy):
                async with gate.place(new_id()):
                    raise AssertionError("a fourth place of the process")
    async with gate.place(one):
        pass


@pytest.mark.usefixtures("impatient")
async def test_who_waits_for_their_own_place_takes_none_from_others() -> None:
    gate, one = turnstile.Turnstile(2, of_one=1), new_id()
    async with gate.place(one):
        waiting = asyncio.create_task(gate.place(one).__aenter__())
        await asyncio.sleep(0.05)
        async with gate.place(new_id()):
            pass
        with pytest.raises(Busy):
            await waiting


@pytest.mark.usefixtures("impatient")
async def test_an_export_that_nobody_reads_gives_its_place_back(
    large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "STALLED_SECONDS", STALLED_SECONDS)
    tenant_id = new_id()
    slow = [
        await exporting.begun(exporting.content("csv", COLUMNS, large, tenant_id=tenant_id))
        for _ in range(engine.EXPORTED_BY_ONE)
    ]
    with pytest.raises(Busy):
        await exporting.begun(exporting.content("csv", COLUMNS, large, tenant_id=tenant_id))
    await asyncio.sleep(STALLED_SECONDS + 2.0)
    again = await exporting.begun(exporting.content("csv", COLUMNS, large, tenant_id=tenant_id))
    whole = b"".join([part async for part in again])
    assert whole.count(b"\n") == 100_001
    with pytest.raises(engine.Failed, match="in time"):
        [part async for part in slow[0]]
    for each in slow:
        await each.aclose()  # type: ignore[attr-defined]


async def test_a_steady_reader_takes_as_long_as_it_takes(
    large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "STALLED_SECONDS", STALLED_SECONDS)
    got, began = 0, time.monotonic()
    async for part in exporting.content("csv", COLUMNS, large, tenant_id=new_id()):
        got += len(part)
        await asyncio.sleep(0.15)
    assert got > 10_000_000
    assert time.monotonic() - began > STALLED_SECONDS
