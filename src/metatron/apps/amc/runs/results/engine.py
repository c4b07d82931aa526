"""Asks the engine: a process for each question, bounded in memory, threads, time and number."""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from metatron.apps.amc.runs.errors import ResultUnreadable
from metatron.apps.amc.runs.results.turnstile import Turnstile

WORKER = Path(__file__).with_name("worker.py")
CHUNK_BYTES = 262_144
LONGEST_ANSWER_BYTES = 64_000_000
ASKED_AT_ONCE, ASKED_BY_ONE = 4, 2
EXPORTED_AT_ONCE, EXPORTED_BY_ONE = 3, 2
STALLED_SECONDS = 60.0
"""How long an export may stand still, because of the engine or because nobody reads it."""
MOST_WAITING = 2
OUT = "/dev/stdout"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one question may take."""

    memory_bytes: int = 400_000_000
    scratch_bytes: int = 10_000_000_000
    threads: int = 2
    seconds: float = 25.0


EXPORT = Limits(memory_bytes=400_000_000, threads=1, seconds=3_600.0)
KEEPING = Limits(memory_bytes=400_000_000, seconds=3_600.0)


_asking = Turnstile(ASKED_AT_ONCE, of_one=ASKED_BY_ONE)
_exporting = Turnstile(EXPORTED_AT_ONCE, of_one=EXPORTED_BY_ONE)


class Failed(Exception):
    """The engine gave no outcome: `kind` is memory, time, query, form or worker."""

    def __init__(self, kind: str, text: str) -> None:
        """Say why."""
        super().__init__(text)
        self.kind = kind


async def ask(
    job: dict[str, Any], *, files: list[Path], tenant_id: UUID | None = None
) -> dict[str, Any]:
    """Return the outcome of a question about `files`, for a person of a tenant who waits.

    Raises:
        ResultUnreadable: it took too much, or does not fit the result.
        Busy: too many are asking.
    """
    async with _asking.place(tenant_id):
        try:
            return await run(job, limits=Limits(), files=files)
        except Failed as error:
            if error.kind == "worker":
                raise
            raise ResultUnreadable(str(error)) from error


async def run(
    job: dict[str, Any], *, limits: Limits, files: list[Path], target: Path | None = None
) -> dict[str, Any]:
    """Run a job to its end and return its outcome; raises `Failed`."""
    paths = [str(each) for each in files] + ([str(target)] if target else [])
    async with _process(job, limits, paths) as (process, out):
        try:
            async with asyncio.timeout(limits.seconds):
                told = await out.read(LONGEST_ANSWER_BYTES + 1)
                while part := await out.read(CHUNK_BYTES):
                    told += part
                    if len(told) > LONGEST_ANSWER_BYTES:
                        raise Failed("memory", "the answer is too long")
                await _ended(process)
        except TimeoutError as error:
            raise Failed("time", f"it took longer than {limits.seconds:g} seconds") from error
    outcome: dict[str, Any] = orjson.loads(told)
    return outcome


async def stream(
    job: dict[str, Any], *, files: list[Path], tenant_id: UUID | None = None
) -> AsyncIterator[bytes]:
    """Yield what a job writes as it writes it; the engine ends when nobody listens any more.

    Raises:
        Failed: after some was yielded perhaps: then what came is not the whole.
        Busy: too many are exporting.
    """
    parts: asyncio.Queue[bytes | Exception | None] = asyncio.Queue()
    room = asyncio.Semaphore(MOST_WAITING)
    pump = asyncio.create_task(_pump(job, files, tenant_id, parts=parts, room=room))
    try:
        while part := await parts.get():
            if isinstance(part, Exception):
                raise part
            yield part
            room.release()
    finally:
        pump.cancel()
        with suppress(asyncio.CancelledError):
            await pump


async def _pump(
    job: dict[str, Any],
    files: list[Path],
    tenant_id: UUID | None,
    *,
    parts: asyncio.Queue[bytes | Exception | None],
    room: asyncio.Semaphore,
) -> None:
    """Bring an export's parts to its reader, and give place and engine back if it takes none."""
    paths = [*(str(each) for each in files), OUT]
    outcome: Exception | None = None
    try:
        async with _exporting.place(tenant_id), _process(job, EXPORT, paths) as (process, out):
            async with asyncio.timeout(EXPORT.seconds):
                while part := await _in_time(out.read(CHUNK_BYTES)):
                    await _in_time(room.acquire())
                    parts.put_nowait(part)
                await _ended(process)
    except TimeoutError:
        outcome = Failed("time", "nobody took the export in time")
    except Exception as error:  # noqa: BLE001 - the reader raises it
        outcome = error
    parts.put_nowait(outcome)


async def _in_time[T](step: Coroutine[Any, Any, T]) -> T:
    return await asyncio.wait_for(step, STALLED_SECONDS)


async def _ended(process: asyncio.subprocess.Process) -> None:
    assert process.stderr is not None
    said = (await process.stderr.read()).decode(errors="replace").strip().splitlines()
    if await process.wait() == 0:
        return
    with suppress(orjson.JSONDecodeError, KeyError, IndexError, TypeError):
        told = orjson.loads(said[-1])
        raise Failed(told["failure"], told["text"])
    if said and "MemoryError" in said[-1]:
        raise Failed("memory", "it took more memory than a question may")
    raise Failed("worker", f"the engine ended by itself ({process.returncode})")


@asynccontextmanager
async def _process(
    job: dict[str, Any], limits: Limits, paths: list[str]
) -> AsyncIterator[tuple[asyncio.subprocess.Process, asyncio.StreamReader]]:
    """Start the engine; what it writes comes through a pipe of ours.

    The event loop of the web processes gives its children sockets for pipes, and a socket cannot
    be opened by its name, as the engine opens `OUT`.
    """
    scratch = await asyncio.to_thread(tempfile.mkdtemp, prefix="metatron-amc-")
    try:
        reading, writing = os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-I", str(WORKER),
                stdin=asyncio.subprocess.PIPE,
                stdout=writing,
                stderr=asyncio.subprocess.PIPE,
                limit=CHUNK_BYTES,
                # Nothing of the surroundings is handed on: no settings, no secrets.
                env={"PATH": os.defpath, "LANG": "C.UTF-8"},
            )  # fmt: skip
        except BaseException:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        out = asyncio.StreamReader(limit=CHUNK_BYTES)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(out), os.fdopen(reading, "rb", buffering=0)
        )
        try:
            whole = job | {
                "paths": paths,
                "scratch": scratch,
                "memory_bytes": limits.memory_bytes,
                "scratch_bytes": limits.scratch_bytes,
                "threads": limits.threads,
            }
            assert process.stdin is not None
            with suppress(BrokenPipeError, ConnectionResetError):
                process.stdin.write(orjson.dumps(whole))
                await process.stdin.drain()
                process.stdin.close()
                await process.stdin.wait_closed()
            yield process, out
        finally:
            transport.close()
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
            await process.wait()
    finally:
        await asyncio.to_thread(shutil.rmtree, scratch, ignore_errors=True)
