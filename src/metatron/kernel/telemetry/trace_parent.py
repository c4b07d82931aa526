"""The trace this work belongs to (W3C `traceparent`); always empty while tracing is off."""

from collections.abc import Callable

_reader: Callable[[], str] | None = None


def current_trace() -> str:
    """Return the present span's `traceparent`, or nothing."""
    return "" if _reader is None else _reader()


def read_with(reader: Callable[[], str] | None) -> None:
    """Ask `reader` from now on; called once when a process opens its tracer."""
    global _reader
    _reader = reader
