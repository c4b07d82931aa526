"""A small suite to supervise: `supervised.py FOLDER`; prints the children's ids once ready.

`deaf` ignores every polite signal and has a child of its own, whose id it leaves in FOLDER/deaf.
"""

import asyncio
import json
import sys
from pathlib import Path

from metatron.kernel.process.child import Child, python
from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from metatron.kernel.process.failures import ProcessError
from metatron.kernel.process.progress import Progress
from metatron.kernel.process.supervisor import Supervisor

SLEEPER = "import time; time.sleep(600)"
_DEAF = """
import pathlib, signal, subprocess, sys, time
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
own = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
pathlib.Path(sys.argv[1]).write_text(str(own.pid))
time.sleep(600)
"""


async def _main(folder: Path, progress: Progress) -> None:
    database = EmbeddedPostgres(folder / "data")
    database.prepare()
    note = folder / "deaf"

    async def noted() -> None:
        while not (note.exists() and note.read_text()):  # noqa: ASYNC110 - a file sends no event
            await asyncio.sleep(0.02)

    deaf = Child("deaf", python("-c", _DEAF, str(note)), ready=noted, stop_seconds=1.0)
    sleeper = Child("sleeper", python("-c", SLEEPER), depends_on=("database",))
    try:
        async with Supervisor(folder / "logs", progress) as supervisor:
            await supervisor.start(sleeper, deaf, database.child())
            sys.stdout.write(json.dumps(supervisor.pids()) + "\n")
            sys.stdout.flush()
            await supervisor.wait()
    finally:
        database.release()


if __name__ == "__main__":
    reporting = Progress()
    try:
        asyncio.run(_main(Path(sys.argv[1]), reporting))
    except ProcessError as error:
        reporting.failure(error)
        sys.exit(1)
