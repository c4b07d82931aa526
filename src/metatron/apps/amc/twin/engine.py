"""What the local AMC asks of whatever runs its queries."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from metatron.apps.amc.twin.shapes import OutputFormat


def never() -> bool:
    """Tell that somebody wants the run."""
    return False


@dataclass(frozen=True, slots=True)
class Job:
    """One run. The window is half-open, UTC without a zone; `declared` maps names to AMC types."""

    instance_id: str
    sql: str
    start: dt.datetime
    end: dt.datetime
    declared: Mapping[str, str]
    values: Mapping[str, Any]
    folder: Path
    """Where the result's files go; it exists and is empty."""
    remove: str = "REMOVE_ROWS"
    discriminator: str | None = None
    user_count: str | None = None
    reason: str | None = None
    controls: bool = True
    """Whether the aggregation thresholds hold."""
    form: OutputFormat | None = None
    seconds: float = 21_600.0
    dry: bool = False
    files: int = 1
    lacks: frozenset[str] = frozenset()
    """Tables that the instance has not."""
    is_stopped: Callable[[], bool] = never
    """Whether nobody wants it any more; an engine asks all the time."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a run left behind: its files, the output's columns, how many rows it read for them."""

    files: tuple[Path, ...]
    metadata: tuple[Path, ...]
    columns: tuple[Mapping[str, str], ...]
    rows_scanned: int | None = None


class RunFailed(Exception):
    """The query cannot run, or ran into a limit; the text is the run's status reason."""


class RunStopped(Exception):
    """Nobody wants the run any more."""


class Engine(Protocol):
    """Runs one job at a time a call, in the calling thread, isolated from this process."""

    def run(self, job: Job) -> Result:
        """Run to the end.

        Raises:
            RunFailed: with the reason.
            RunStopped: the job said so.
        """

    def sources(self, sql: str) -> frozenset[str]:
        """Return the tables a query reads; none when it cannot be read."""
