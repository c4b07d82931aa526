"""Results leave under the web processes' event loop as under the standard one."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
import uvloop

from metatron.apps.amc.runs.results import exporting
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
    duckdb.execute(f"copy ({rows}) to '{file}' (format parquet)")

    async def whole() -> bytes:
        return b"".join([part async for part in exporting.content(form, COLUMNS, file)])

    with asyncio.Runner(loop_factory=loop) as runner:
        content = runner.run(whole())
    assert content.startswith(begins)
    assert len(content) > 100_000
