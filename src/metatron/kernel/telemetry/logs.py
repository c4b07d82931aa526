"""JSON logs fit for any collector; secrets are struck out before a line is written."""

import contextlib
import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO, cast

import structlog

_SECRET_NAMES = re.compile(
    r"password|secret|token|authorization|cookie|api_?key|dsn|database_url|credential|recovery",
    re.IGNORECASE,
)
_SECRET_SHAPES = re.compile(
    r"mtk_(?:live|test)_[A-Za-z0-9]{8,}|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"
    r"|(?<=://)[^:/@\s]+:[^@\s]+(?=@)"
    r"|Atz[ar]\|[A-Za-z0-9_|.-]+|(?<=[Ss]ignature=)[^&\s\"']+"
)
STRUCK_OUT = "[struck out]"


def strike_out(value: Any) -> Any:
    """Return `value` with everything that looks like a secret replaced, at any depth."""
    if isinstance(value, str):
        return _SECRET_SHAPES.sub(STRUCK_OUT, value)
    if isinstance(value, dict):
        return {
            key: STRUCK_OUT if _SECRET_NAMES.search(str(key)) else strike_out(item)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [strike_out(item) for item in value]
    return value


def _strike_out_event(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    struck: dict[str, Any] = strike_out(dict(event))
    return struck


class UnfailingStream:
    """A stream whose end stops nobody: lines that cannot be written are left out.

    Who takes the lines may have died before us, and a disk may be full. A line that fails must not
    make the work fail that it tells of: a job would be given up for its own report.
    """

    def __init__(self, stream: TextIO) -> None:
        """Write to `stream` as long as it takes anything."""
        self._stream = stream

    def write(self, text: str) -> int:
        """Write; returns the length of the text, written or not."""
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Hand on what was written."""
        with contextlib.suppress(OSError, ValueError):
            self._stream.flush()


def configure_logs(level: str = "INFO", *, process: str = "") -> None:
    """Send structlog and the standard library to standard error as JSON lines."""
    stream = cast("TextIO", UnfailingStream(sys.stderr))
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _strike_out_event,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )
    if process:
        structlog.contextvars.bind_contextvars(process=process)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    # A line for each call to a provider: what became of it is in the books, and lines cost time.
    logging.getLogger("httpx").setLevel(max(logging.getLogger().level, logging.WARNING))
