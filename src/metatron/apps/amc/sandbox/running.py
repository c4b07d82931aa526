"""Runs a plan in a process of its own, within limits of memory, threads and time."""

import datetime as dt
import decimal
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from metatron.apps.amc.sandbox.planning import Plan

WORKER = Path(__file__).with_name("worker.py")
LOOK_SECONDS = 0.25
"""So often a run under way asks whether it is still wanted."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may take."""

    memory_bytes: int = 2_000_000_000
    scratch_bytes: int = 10_000_000_000
    threads: int = 2
    seconds: float = 900.0


class RunFailed(RuntimeError):
    """A run that gave no result: `kind` is memory, time, query or worker."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


class RunStopped(RuntimeError):
    """A run that nobody wants any more; its process has ended."""


def never() -> bool:
    """Tell that somebody wants the run."""
    return False


@dataclass(frozen=True, slots=True)
class Result:
    """What a run left in its file."""

    columns: list[dict[str, str]]
    rows: int
    seconds: float
    rows_scanned: int
    """Rows that left the stored tables for the query, each reading counted."""


def run(
    planned: Plan, folder: Path, target: Path, *, limits: Limits | None = None,
    form: Literal["csv", "parquet"] = "csv", is_stopped: Callable[[], bool] = never,
) -> Result:  # fmt: skip
    """Run `planned` over the data in `folder`; its result is in `target` afterwards, or nothing is.

    RunFailed when it took too much memory or time, or the engine refused it; RunStopped when
    `is_stopped`, which is asked all the time, said yes.
    """
    bounds = limits or Limits()
    with tempfile.TemporaryDirectory(prefix="amc-", dir=target.parent) as scratch:
        aside = Path(scratch) / "result"
        job = {
            "statement": planned.statement,
            "views": planned.views,
            "values": {name: _plain(value) for name, value in planned.values.items()},
            "folder": str(folder),
            "target": str(aside),
            "format": form,
            "scratch": scratch,
            "memory_bytes": bounds.memory_bytes,
            "scratch_bytes": bounds.scratch_bytes,
            "threads": bounds.threads,
        }
        told = _worker(job, bounds.seconds, is_stopped)
        if "failure" in told:
            raise RunFailed(told["failure"], told["text"])
        aside.replace(target)
    return Result(told["columns"], told["rows"], told["seconds"], told["rows_scanned"])


def _worker(job: dict[str, Any], seconds: float, is_stopped: Callable[[], bool]) -> dict[str, Any]:
    with tempfile.TemporaryFile() as given:
        # A file, not a pipe: `communicate` that ran out of time forgets what it has not yet sent.
        given.write(json.dumps(job).encode())
        given.seek(0)
        with subprocess.Popen(  # noqa: S603 - our own file, by our own interpreter
            [sys.executable, "-I", str(WORKER)],
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # Nothing of the surroundings is handed on: no settings, no secrets.
            env={"PATH": os.defpath, "LANG": "C.UTF-8"},
        ) as process:
            try:
                out, errors = _told(process, seconds, is_stopped)
            except BaseException:
                process.kill()
                raise
    try:
        told: dict[str, Any] = json.loads(out.splitlines()[-1])
    except (IndexError, ValueError) as error:
        said = errors.decode(errors="replace").strip().splitlines()
        if said and "MemoryError" in said[-1]:
            raise RunFailed("memory", "it took more memory than a run may have") from error
        raise RunFailed("worker", f"the run ended by itself ({process.returncode})") from error
    return told


def _told(
    process: subprocess.Popen[bytes], seconds: float, is_stopped: Callable[[], bool]
) -> tuple[bytes, bytes]:
    """Return what the process wrote until its end."""
    ends = time.monotonic() + seconds
    while True:
        left = ends - time.monotonic()
        try:
            return process.communicate(timeout=min(LOOK_SECONDS, max(left, 0.0)))
        except subprocess.TimeoutExpired as error:
            if is_stopped():
                raise RunStopped from error
            if left <= LOOK_SECONDS:
                raise RunFailed("time", f"it took longer than {seconds:g} seconds") from error


def _plain(value: Any) -> Any:
    """Return a value as JSON takes it; the statement casts it to its type."""
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, dt.date | dt.datetime | decimal.Decimal):
        return str(value)
    return value
