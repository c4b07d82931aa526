"""Run the suite for its developers: `development.py ROOT [arguments of metatron up]`.

The page comes from Vite, which passes calls of the API on; the suite starts anew whenever one of
its source files changes. Called by `bin/dev`, which sees to Node and the packages.
"""

import asyncio
import itertools
import os
import sys
from pathlib import Path

from metatron.kernel.process.child import Child, python
from metatron.kernel.process.command import Command
from metatron.kernel.process.failures import ProcessError
from metatron.kernel.process.progress import Progress
from metatron.kernel.process.supervisor import Supervisor

_LOOK_SECONDS = 0.5
_SOURCES = {".py", ".sql"}
_DEFAULT_PORT = "3000"


def snapshot(folder: Path) -> dict[Path, int]:
    """Return the time of last change, in nanoseconds, of every source file below the folder."""
    found = {}
    for place, _, names in os.walk(folder):
        for file in (Path(place, name) for name in names if Path(name).suffix in _SOURCES):
            try:
                found[file] = file.stat().st_mtime_ns
            except FileNotFoundError:
                # Editors replace files; the next look sees the new one.
                continue
    return found


def port_of(arguments: list[str]) -> str:
    """Return the port that `metatron up` is told to serve on."""
    for here, following in itertools.pairwise([*arguments, _DEFAULT_PORT]):
        if here == "--port":
            return following
        if here.startswith("--port="):
            return here.partition("=")[2]
    return _DEFAULT_PORT


def children(root: Path, arguments: list[str]) -> tuple[Child, Child]:
    """Return the suite and Vite, both with all they say on the console."""
    suite = python("-m", "metatron", "up", *arguments)
    page = Command(
        argv=("node", str(root / "web/node_modules/vite/bin/vite.js"), "--clearScreen", "false"),
        env=os.environ | {"METATRON_API": f"127.0.0.1:{port_of(arguments)}"},
        working_directory=root / "web",
    )
    return Child("suite", suite, stop_seconds=60.0, loud=True), Child("page", page, loud=True)


async def develop(root: Path, arguments: list[str], progress: Progress) -> None:
    """Run until Ctrl-C, starting the suite again after every change below `src`."""
    async with Supervisor(root / ".data" / "development", progress) as supervisor:
        await supervisor.start(*children(root, arguments))
        seen = snapshot(root / "src")
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            now = snapshot(root / "src")
            if now != seen:
                seen = now
                await supervisor.restart("suite")


if __name__ == "__main__":
    console = Progress()
    try:
        asyncio.run(develop(Path(sys.argv[1]), sys.argv[2:], console))
    except ProcessError as error:
        console.failure(error)
        sys.exit(1)
