"""Run a program to its end, with the processes it has forked: none outlives it, nor us."""

import asyncio
import contextlib
import os
import signal
from pathlib import Path
from typing import BinaryIO

from metatron.kernel.process.command import Command
from metatron.kernel.process.failures import ProcessError
from metatron.kernel.process.last_resort import LastResort


async def run_group_errand(command: Command, *, log: Path) -> None:
    """Run a program that forks; its words go to `log`.

    What is left of its process group when it ends, is cancelled or when this process is killed,
    is ended.
    Raises `ProcessError` with its last words when it does not succeed.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    warden = LastResort()
    warden.post()
    try:
        with log.open("ab") as words:
            begun = words.tell()
            status = await _run(command, words, warden)
    finally:
        warden.dismiss()
    if status != 0:
        raise ProcessError(
            f"{Path(command.argv[0]).name} {_ending(status, log, begun)}", f"read {log}"
        )


async def _run(command: Command, words: BinaryIO, warden: LastResort) -> int:
    process = await asyncio.create_subprocess_exec(
        *command.launched(),
        env=dict(command.env),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=words,
        stderr=words,
        start_new_session=True,
    )
    warden.tell("+", process.pid)
    try:
        return await process.wait()
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        warden.tell("-", process.pid)


def _ending(status: int, log: Path, begun: int) -> str:
    with log.open("rb") as words:
        words.seek(begun)
        lines = words.read().decode("utf-8", "replace").strip().splitlines()
    # What comes after the error is often about tidying up.
    lines = [line for line in lines if "error:" in line] or lines
    said = f": {lines[-1]}" if lines else ""
    if status < 0:
        return f"was ended by signal {-status} ({signal.strsignal(-status)}){said}"
    return f"failed{said or ': it said nothing'}"
