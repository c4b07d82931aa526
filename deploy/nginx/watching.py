"""What the proxy's log says about a colour, and whether its servers are ready."""

import json
import re
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

_UPSTREAM = re.compile(r"^upstream (\w+) \{(.*?)^\}", re.MULTILINE | re.DOTALL)
_SERVER = re.compile(r"^\s*server\s+([^\s;]+)([^;]*);", re.MULTILINE)
_TRIED = re.compile(r"[^,:\s]+:\d+|unix:[^,\s]+")
_ENDLESS = "/api/v1/events/stream"
_CALL_SECONDS = 5.0
_TAIL_BYTES = 64 << 20


class Unfit(Exception):
    """A colour does not do what it should; the text says what."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When traffic goes back. `least` requests are needed before figures count."""

    errors: float = 0.01
    slower: float = 2.0
    floor_seconds: float = 0.1
    least: int = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One request, as the proxy saw it."""

    at: float
    status: int
    seconds: float
    upstreams: tuple[str, ...]
    """Every server that was tried, in turn."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a set of requests comes to. Times are seconds."""

    count: int
    errors: float
    p95: float

    def __str__(self) -> str:
        """Say it in a line."""
        return f"{self.count} requests, {self.errors:.2%} failed, p95 {self.p95 * 1e3:.0f} ms"


def servers(folder: Path, colour: str) -> dict[str, list[str]]:
    """Return the addresses of a colour by service; those that only stand in are none of it."""
    said = (folder / "site" / f"{colour}.conf").read_text(encoding="utf-8")
    return {
        name: [address for address, rest in _SERVER.findall(body) if "backup" not in rest]
        for name, body in _UPSTREAM.findall(said)
    }


def ask(address: str, path: str, **headers: str) -> tuple[int, str, str]:
    """Return status, media type and text of an answer; raises `Unfit` without one."""
    request = urllib.request.Request(f"http://{address}{path}", headers=headers)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=_CALL_SECONDS) as answer:
            told = answer.headers.get("content-type", "")
            return answer.status, told, answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        with error:
            told = error.headers.get("content-type", "")
            return error.code, told, error.read().decode("utf-8", "replace")
    except OSError as error:
        raise Unfit(f"{address}{path} does not answer: {error}") from error


def lines_of(text: str) -> Iterator[Line]:
    """Read lines of the proxy's log; of streams, which last, there are none."""
    for each in text.splitlines():
        try:
            row = json.loads(each)
            at = datetime.fromisoformat(row["timestamp"]).timestamp()
            tried = tuple(_TRIED.findall(row["upstream"]))
        except (ValueError, KeyError):
            continue  # a line that is only half there
        if tried and row["path"] != _ENDLESS:
            yield Line(at, int(row["status"]), float(row["seconds"]), tried)


def figures(lines: list[Line]) -> Figures:
    """Return what requests come to. One that another server had to answer has failed as well."""
    if not lines:
        return Figures(0, 0.0, 0.0)
    failed = sum(line.status >= 500 or len(line.upstreams) > 1 for line in lines)
    times = sorted(line.seconds for line in lines)
    return Figures(len(lines), failed / len(lines), times[int(0.95 * (len(times) - 1))])


@dataclass(slots=True)
class Log:
    """The proxy's log, followed as it grows and when it is changed for a new one."""

    file: Path
    _place: int = 0
    _inode: int = 0
    _rest: str = ""

    def last(self, seconds: float) -> list[Line]:
        """Return the requests of the last seconds, and begin to follow behind them."""
        known = self.file.stat()
        self._inode, self._place = known.st_ino, max(0, known.st_size - _TAIL_BYTES)
        since = datetime.now(UTC).timestamp() - seconds
        return [line for line in self.new() if line.at >= since]

    def new(self) -> list[Line]:
        """Return the requests that were written since the last look."""
        known = self.file.stat()
        if known.st_ino != self._inode or known.st_size < self._place:
            self._inode, self._place, self._rest = known.st_ino, 0, ""
        with self.file.open("rb") as file:
            file.seek(self._place)
            read = file.read()
        self._place += len(read)
        whole, _, self._rest = (self._rest + read.decode("utf-8", "replace")).rpartition("\n")
        return list(lines_of(whole))


@dataclass(slots=True)
class Watch:
    """Follows a colour's requests and says what is wrong with it, if anything is."""

    colour: dict[str, list[str]]
    before: Figures
    limits: Limits
    window_seconds: float
    _recent: deque[tuple[float, Line]] = field(default_factory=deque)

    def takes(self, lines: list[Line], now: float) -> None:
        """Take new requests; those that the other colour still answered are left out."""
        ours = {address for addresses in self.colour.values() for address in addresses}
        self._recent += [(now, line) for line in lines if line.upstreams[0] in ours]
        while self._recent and self._recent[0][0] < now - self.window_seconds:
            self._recent.popleft()

    def now(self) -> Figures:
        """Return the figures of the window."""
        return figures([line for _, line in self._recent])

    def fault(self) -> str:
        """Say why the traffic has to go back; nothing while all is well."""
        found, limits = self.now(), self.limits
        if found.count < limits.least:
            return ""
        if found.errors > limits.errors:
            return f"{found.errors:.2%} of {found.count} requests failed"
        slow = max(limits.floor_seconds, self.before.p95 * limits.slower)
        if self.before.count >= limits.least and found.p95 > slow:
            return f"p95 {found.p95 * 1e3:.0f} ms; before {self.before.p95 * 1e3:.0f} ms"
        return ""

    def unready(self) -> str:
        """Ask every server whether it is ready; say which is not."""
        for service, addresses in self.colour.items():
            for address in addresses:
                try:
                    status, _, _ = ask(address, "/health/ready")
                except Unfit as unfit:
                    return f"{service}: {unfit}"
                if status != 200:
                    return f"{service}: {address} is not ready ({status})"
        return ""


def follow(watch: Watch, log: Log, *, seconds: float, every: float) -> str:
    """Watch for some seconds; return what went wrong, nothing if nothing did.

    A server that is not ready is asked once more before that counts.
    """
    end, unready = time.monotonic() + seconds, ""
    while time.monotonic() < end:
        time.sleep(every)
        watch.takes(log.new(), time.monotonic())
        fault, before = watch.fault(), unready
        unready = watch.unready()
        if fault or (unready and before):
            return fault or unready
    return ""
