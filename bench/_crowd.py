"""The generator: an open loop of wrk's, whose client costs little of the two cores.

Requests go out when they are due. When all connections wait for an answer, the next ones wait as
well, and what they wait counts. Everything is drawn and written out beforehand.
"""

import asyncio
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from bench._load import require_wrk
from bench._running import Suite

_SCRIPT = Path(__file__).with_name("open_loop.lua")
DRAIN_SECONDS = 10
LINES = 64


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it goes over the wire, and what it is counted as."""

    kind: str
    raw: bytes
    placement: str = ""


def written(host: str, method: str, path: str, headers: dict[str, str], body: str = "") -> bytes:
    """Write a request out, as HTTP/1.1 has it."""
    told = {"Host": host, **headers}
    if body:
        told = {"Content-Type": "application/json", **told, "Content-Length": str(len(body))}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items())]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


@dataclass(slots=True)
class Seen:
    """What was answered: seconds from due to answered by kind, and answers that are errors.

    `in_time` were answered within the seconds that count; `answered` in all the `seconds_taken`,
    in which the generator used `own_cpu` processor seconds; `late` tells how late after they were
    due requests left, in sorted seconds.
    """

    seconds: dict[str, list[float]] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)
    placements: dict[str, list[float]] = field(default_factory=dict)
    late: list[float] = field(default_factory=list)
    in_time: int = 0
    seconds_measured: float = 0.0
    answered: int = 0
    seconds_taken: float = 0.0
    own_cpu: float = 0.0

    def all(self) -> list[float]:
        """Return the seconds of all kinds, sorted."""
        return sorted(value for values in self.seconds.values() for value in values)

    @property
    def per_second(self) -> float:
        """Return how many were answered a second, what came after the end left out."""
        return self.in_time / self.seconds_measured


def quantile(ordered: list[float], part: float) -> float:
    """Return the value that `part` of the values do not exceed."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else 0.0


class Crowd:
    """So many connections to one address."""

    def __init__(self, host: str, port: int, *, lines: int) -> None:
        """Open nothing yet."""
        self._host, self._port, self._count = host, port, lines

    async def run(
        self, draw: Callable[[], Request], *, per_second: float, seconds: float, warm: float = 3.0
    ) -> Seen:
        """Ask at a fixed rate; the first `warm` seconds do not count."""
        asked = [draw() for _ in range(int(per_second * (warm + seconds)))]
        with tempfile.TemporaryDirectory(prefix="metatron-crowd-") as folder:
            answers = Path(folder) / "answers"
            command = _command(Path(folder), asked, f"http://{self._host}:{self._port}")
            command[1:1] = [f"-c{self._count}", f"-d{int(warm + seconds) + DRAIN_SECONDS}s"]
            before, begun = _processor_seconds(), time.monotonic()
            wrk = await asyncio.create_subprocess_exec(
                *command, answers, str(per_second), stdout=asyncio.subprocess.DEVNULL
            )
            await wrk.wait()
            taken = time.monotonic() - begun
            own_cpu = _processor_seconds() - before
            seen = _read(answers, asked, first=int(per_second * warm), per_second=per_second)
        seen.own_cpu, seen.seconds_taken, seen.seconds_measured = own_cpu, taken, seconds
        return seen


def _command(folder: Path, asked: list[Request], address: str) -> list[str | Path]:
    """Write out the requests; return wrk's command but for its last two arguments."""
    requests, lengths = folder / "requests", folder / "lengths"
    written = [
        request.raw.replace(b"\r\n", b"\r\nX-Request-Id: load-%08d\r\n" % number, 1)
        for number, request in enumerate(asked, start=1)
    ]
    requests.write_bytes(b"".join(written))
    lengths.write_text("".join(f"{len(each)}\n" for each in written))
    return [
        require_wrk(), "-t1", "--timeout", "60s", "-s", _SCRIPT, address, "--", requests, lengths,
    ]  # fmt: skip


def _processor_seconds() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime + time.process_time()


def _read(answers: Path, asked: list[Request], *, first: int, per_second: float) -> Seen:
    """Read what the script wrote down; the `first` requests do not count."""
    seen, left = Seen(), len(asked) - first
    for line in answers.read_text(errors="replace").splitlines():
        number, status, took, late, said = line.split(" ", 4)
        ended = (int(number) - 1) / per_second + int(took) / 1e6
        seen.answered += 1
        seen.in_time += first / per_second <= ended <= len(asked) / per_second
        if int(number) <= first:
            continue
        left -= 1
        request = asked[int(number) - 1]
        seen.seconds.setdefault(request.kind, []).append(int(took) / 1e6)
        seen.placements.setdefault(request.placement, []).append(int(took) / 1e6)
        seen.late.append(int(late) / 1e6)
        if int(status) >= 400:
            seen.errors[f"{request.kind}: {status} {said}"] += 1
    seen.late.sort()
    seen.errors["never answered"] += left
    seen.errors = +seen.errors
    return seen


async def steady(
    suite: Suite,
    draw: Callable[[str], bytes],
    *,
    per_second: int,
    seconds: int,
) -> list[float]:
    """Ask at a fixed rate, late or not; returns sorted seconds from due to answered.

    `draw` takes the host and writes the next request out. An error ends the run.
    """
    parts = urlsplit(suite.base_url)
    host, port = parts.hostname or "", parts.port or 80
    crowd = Crowd(host, port, lines=LINES)
    seen = await crowd.run(
        lambda: Request("steady", draw(host)), per_second=per_second, seconds=seconds, warm=0.0
    )
    if seen.errors:
        sys.exit(f"cause: not everything was answered; remedy: read {dict(seen.errors)}")
    return seen.all()
