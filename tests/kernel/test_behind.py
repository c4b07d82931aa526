"""A worker's connections are of the worker's priority on the server too."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from metatron.kernel.settings import Settings

_SOURCES = Path(__file__).parents[2] / "src"
_PROGRAM = """
import asyncio, os, sys
from metatron.kernel.context import system_context
from metatron.kernel.database import behind
from metatron.kernel.database.direct import BOUND
from metatron.kernel.database.placement import Placement
from metatron.kernel.database.session import open_session
from metatron.kernel.ids import new_id
from sqlalchemy import text

async def main():
    if sys.argv[1] != "0":
        behind.stand_behind(int(sys.argv[1]))
    place = await Placement.open(os.environ["DSN"], sessions=1, direct=2)
    context = system_context(new_id())
    async with open_session(place.engine, context, guarded=False) as session:
        mine = (await session.execute(text("select pg_backend_pid()"))).scalar_one()
    line = await place.direct.row(context, BOUND + " select pg_backend_pid() pid from bound")
    pool = await place.direct.pool.fetchval("select pg_backend_pid()")
    print(*(os.getpriority(os.PRIO_PROCESS, pid) for pid in (0, mine, line["pid"], pool)))
    await place.close()

asyncio.run(main())
"""


@pytest.mark.parametrize("lower_by", [0, 3])
def test_all_doors_follow_the_process(settings: Settings, lower_by: int) -> None:
    environment = os.environ | {
        "PYTHONPATH": str(_SOURCES), "DSN": settings.database_url.get_secret_value(),
    }  # fmt: skip
    told = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(lower_by)], env=environment,
        capture_output=True, text=True, check=True, timeout=60,
    ).stdout.split()  # fmt: skip
    base = os.getpriority(os.PRIO_PROCESS, 0)
    assert [int(each) - base for each in told] == [lower_by] * 4
