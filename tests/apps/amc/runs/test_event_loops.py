"""Results leave under the web processes' event loop as under the standard one."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
import uvloop

from metatron.apps.amc.runs.results import engine, exporting
from metatron.apps.amc.runs.results.statements import Columns

COLUMNS = Columns({"campaign": "VARCHAR", "reach": "BIGINT"})


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop])
@pytest.mark.parametrize(
    ("form", "begins"),
    [("csv", b"campaign,reach"), ("json", b"["), ("xlsx", b"PK"), ("parquet", b"PAR1")],
)
def test_every_form(
    tmp_path: Path,
    loop: Callable[[], asyncio.AbstractEventLoop],
    form: exporting.Form,
    begins: bytes,
) -> None:
    file = tmp_path / "result.parquet"
    rows = "select 'c' || range as campaign, range as reach from range(100000)"
    duckdb.connect().execute(f"copy ({rows}) to '{file}' (format parquet)")

    async def whole() -> bytes:
        return b"".join([part async for part in exporting.content(form, COLUMNS, file)])

    with asyncio.Runner(loop_factory=loop) as runner:
        content = runner.run(whole())
    assert content.startswith(begins)
    assert len(content) > 100_000


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop])
@pytest.mark.timeout(60)
def test_an_export_nobody_listens_to_any_more_gives_its_place_back(
    tmp_path: Path, loop: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    file = tmp_path / "result.parquet"
    rows = "select repeat('c', 200) as campaign, range as reach from range(200000)"
    duckdb.connect().execute(f"copy ({rows}) to '{file}' (format parquet)")

    async def leave_and_come_again() -> bytes:
        for _ in range(engine.EXPORTED_AT_ONCE + 1):
            parts = await exporting.begun(exporting.content("csv", COLUMNS, file))
            assert await anext(parts)
            await parts.aclose()  # type: ignore[attr-defined]
        return b"".join([part async for part in exporting.content("csv", COLUMNS, file)])

    with asyncio.Runner(loop_factory=loop) as runner:
        assert len(runner.run(leave_and_come_again())) > 40_000_000
