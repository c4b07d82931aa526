"""Run a short program to its end, so that what it had to import is gone with it."""

import asyncio
import contextlib
from pathlib import Path

from metatron.kernel.process.command import Command
from metatron.kernel.process.failures import ProcessError


async def run_errand(command: Command, *, log: Path) -> str:
    """Return what the program wrote to its standard output; its other words go to `log`.

    A cancelled errand ends with its caller.
    Raises `ProcessError` with its last words when it does not succeed.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as errors:
        begun = errors.tell()
        process = await asyncio.create_subprocess_exec(
            *command.launched(),
            env=dict(command.env),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )
    try:
        said, _ = await process.communicate()
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        raise
    if process.returncode != 0:
        with log.open("rb") as words:
            words.seek(begun)
            lines = words.read().decode("utf-8", "replace").strip().splitlines()
        last = lines[-1] if lines else "it said nothing"
        raise ProcessError(f"{log.stem} failed: {last}", f"read {log}")
    return said.decode().strip()
