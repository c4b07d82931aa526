"""One server for many processes of a test run."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from metatron.kernel.process import orphans

_SOURCES = Path(__file__).parents[3] / "src"
_USE = """
import sys
from pathlib import Path
from metatron.kernel.process import orphans
from metatron.kernel.process.shared_server import shared_server
with shared_server(Path(sys.argv[1])) as server:
    print(orphans.recorded_pid(server.cluster), flush=True)
    sys.stdin.readline()
"""


def _user(directory: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _USE, str(directory)],
        env=os.environ | {"PYTHONPATH": str(_SOURCES)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _server_seen_by(user: subprocess.Popen[str]) -> int:
    assert user.stdout is not None
    return int(user.stdout.readline())


def test_last_user_ends_the_server_even_when_all_are_killed(folder: Path) -> None:
    directory = folder / "run"
    users = [_user(directory) for _ in range(3)]
    seen = {_server_seen_by(user) for user in users}
    assert len(seen) == 1
    for user in users[:2]:
        user.communicate("leave\n")
    assert orphans.processes_in(directory / "postgres")
    users[2].send_signal(signal.SIGKILL)
    users[2].communicate()
    end = time.monotonic() + 20
    while directory.exists():
        assert time.monotonic() < end, "the guardian never cleared up"
        time.sleep(0.02)
    assert not Path(f"/proc/{seen.pop()}").exists()
