"""JSON logs fit for any collector; secrets are struck out before a line is written."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

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


def configure_logs(level: str = "INFO", *, process: str = "") -> None:
    """Send structlog and the standard library to standard error as JSON lines."""
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
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    if process:
        structlog.contextvars.bind_contextvars(process=process)
    handler = logging.StreamHandler(sys.stderr)
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
