"""Where the words of a child go: its log file, and errors to the console as well."""

import asyncio
import contextlib
import logging
import logging.handlers
import os
import re
from collections import deque
from collections.abc import Callable
from pathlib import Path

_FILE_BYTES = 10_000_000
_FILES_KEPT = 3
_LONGEST_LINE_BYTES = 65_536
_CONSOLE_LINES = 20
_CONSOLE_SECONDS = 10.0

_ERROR = re.compile(
    r"""^\W*(ERROR|CRITICAL|FATAL|PANIC)\b | \bPANIC:\s | "level":\s*"(error|critical)" """,
    re.VERBOSE,
)


class Output:
    """Keeps `<name>.log` in the log folder, bounded in size, every line led by the child's name."""

    def __init__(
        self, name: str, logs: Path, console: Callable[[str], None], *, loud: bool = False
    ) -> None:
        """Open the file; `console` is called with lines that report an error, or with all."""
        logs.mkdir(parents=True, exist_ok=True)
        self.file = logs / f"{name}.log"
        self._name = name
        self._console = console
        self._loud = loud
        self._shown_at: deque[float] = deque(maxlen=_CONSOLE_LINES)
        self._handler = logging.handlers.RotatingFileHandler(
            self.file, maxBytes=_FILE_BYTES, backupCount=_FILES_KEPT, encoding="utf-8"
        )
        self._handler.setFormatter(logging.Formatter(f"{name} | %(message)s"))
        self.last_line = ""

    async def follow(self, descriptor: int) -> None:
        """Take in all lines from a pipe until it ends, then close it; cuts overlong lines."""
        stream = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(stream), os.fdopen(descriptor, "rb", buffering=0)
        )
        try:
            await self._take_all(stream)
        finally:
            transport.close()

    async def _take_all(self, stream: asyncio.StreamReader) -> None:
        pending = b""
        while piece := await stream.read(_LONGEST_LINE_BYTES):
            *lines, pending = (pending + piece).split(b"\n")
            for line in lines:
                self._take(line)
            if len(pending) > _LONGEST_LINE_BYTES:
                self._take(pending)
                pending = b""
        if pending:
            self._take(pending)

    def close(self) -> None:
        """Close the file."""
        self._handler.close()

    def _take(self, raw: bytes) -> None:
        line = raw.decode("utf-8", errors="replace").rstrip()
        if not line:
            return
        # A frame drawn around a message says nothing by itself.
        if any(map(str.isalnum, line)):
            self.last_line = line.strip("│┃| ")
        # A full disk must not take the supervisor down with it.
        with contextlib.suppress(OSError):
            self._handler.emit(logging.makeLogRecord({"msg": line}))
        if self._loud or (_ERROR.search(line) and self._may_show()):
            self._console(f"{self._name} | {line}")

    def _may_show(self) -> bool:
        now = asyncio.get_running_loop().time()
        full = len(self._shown_at) == _CONSOLE_LINES
        if full and now - self._shown_at[0] < _CONSOLE_SECONDS:
            return False
        self._shown_at.append(now)
        return True
