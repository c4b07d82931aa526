"""A program that forks leaves nobody behind, however it ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from metatron.kernel.process.child import python
from metatron.kernel.process.failures import ProcessError
from metatron.kernel.process.group_errand import run_group_errand
from tests.kernel.process.waiting import is_gone, until

FORKS = """
import os, signal, sys, time
child = os.fork()
if child == 0:
    time.sleep(600)
open(sys.argv[1], "w").write(str(child))
{then}
"""
_SOURCES = Path(__file__).parents[3] / "src"
_RUN = """
import asyncio, sys
from pathlib import Path
from metatron.kernel.process.child import python
from metatron.kernel.process.group_errand import run_group_errand
command = python("-c", sys.argv[1], sys.argv[2])
asyncio.run(run_group_errand(command, log=Path(sys.argv[2] + ".log")))
"""


@pytest.mark.parametrize(
    ("then", "said"),
    [
        ("sys.exit(0)", None),
        ("sys.exit('no room')", "failed: no room"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "was ended by signal 9"),
    ],
)
async def test_what_it_forked_ends_with_it(tmp_path: Path, then: str, said: str | None) -> None:
    noted = tmp_path / "child"
    errand = run_group_errand(
        python("-c", FORKS.format(then=then), str(noted)), log=tmp_path / "errand.log"
    )
    if said is None:
        await errand
    else:
        with pytest.raises(ProcessError, match=said):
            await errand
    child = int(noted.read_text())
    until(lambda: is_gone(child), "the forked process ends")


def test_it_ends_with_us(tmp_path: Path) -> None:
    noted = tmp_path / "child"
    program = FORKS.format(then="time.sleep(600)")
    ours = subprocess.Popen(
        [sys.executable, "-c", _RUN, program, str(noted)],
        env=os.environ | {"PYTHONPATH": str(_SOURCES)},
    )
    until(lambda: noted.exists() and noted.read_text() != "", "it forks")
    child = int(noted.read_text())
    assert not is_gone(child)
    ours.send_signal(signal.SIGKILL)
    ours.wait()
    until(lambda: is_gone(child), "the forked process ends")
