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
    pids = (os.getpid(), mine, line["pid"], pool)
    print(*(os.getpriority(os.PRIO_PROCESS, pid) for pid in pids))
    await asyncio.sleep(float(sys.argv[2]))
    for pid in pids if float(sys.argv[2]) else ():
        print(open(f"/proc/{pid}/autogroup").read().split()[-1])
    await place.close()

asyncio.run(main())
"""


_SHARING = Path("/proc/sys/kernel/sched_autogroup_enabled")


def run_program(settings: Settings, lower_by: int, wait_seconds: float) -> list[int]:
    environment = os.environ | {
        "PYTHONPATH": str(_SOURCES), "DSN": settings.database_url.get_secret_value(),
    }  # fmt: skip
    told = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(lower_by), str(wait_seconds)], env=environment,
        capture_output=True, text=True, check=True, timeout=60, start_new_session=True,
    ).stdout.split()  # fmt: skip
    return [int(each) for each in told]


@pytest.mark.parametrize("lower_by", [0, 3])
def test_all_doors_follow_the_process(settings: Settings, lower_by: int) -> None:
    base = os.getpriority(os.PRIO_PROCESS, 0)
    told = run_program(settings, lower_by, 0.0)
    assert [each - base for each in told] == [lower_by] * 4


def test_the_sessions_share_follows_where_sessions_share(settings: Settings) -> None:
    base = os.getpriority(os.PRIO_PROCESS, 0)
    shared = _SHARING.exists() and _SHARING.read_text().strip() == "1"
    told = run_program(settings, 4, 1.0 if shared else 0.0)
    # Elsewhere the priority alone follows, and nothing fails for want of the other.
    assert told == [base + 4] * (8 if shared else 4)
