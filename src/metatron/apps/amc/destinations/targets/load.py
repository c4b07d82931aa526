"""What is delivered: a kept result, and the marks that tell its rows from others'."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from metatron.apps.amc.destinations.targets.naming import column_names
from metatron.apps.amc.runs.results.reading import Result
from metatron.apps.amc.runs.results.statements import quoted

MARKS = {
    "_client": "VARCHAR", "_workflow": "VARCHAR", "_window_start": "TIMESTAMP",
    "_window_end": "TIMESTAMP", "_run_id": "VARCHAR", "_delivered_at": "TIMESTAMP WITH TIME ZONE",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Load:
    """A result on its way. `workflow` is an id, or stands for a query that is in no library.

    The window is wall clock of the client; client, workflow and window are what is replaced.
    """

    result: Result
    tenant_id: UUID
    destination_id: UUID
    lease_id: UUID
    client: UUID
    workflow: str
    window_start: datetime
    window_end: datetime
    at: datetime

    @property
    def folder(self) -> str:
        """Return where its file belongs, as engines read partitions: `name=value/...`."""
        window = f"{_stamp(self.window_start)}_{_stamp(self.window_end)}"
        return f"client={self.client}/workflow={self.workflow}/window={window}"

    def names(self, longest_bytes: int | None = None) -> dict[str, str]:
        """Return what each column of the result is called at the target."""
        return column_names(self.result.columns.types, set(MARKS), longest_bytes)

    def statement(self, names: dict[str, str]) -> str:
        """Return the engine's question for all rows with their marks; NUL is in no text."""
        cells = [
            f"{_clean(name, kind)} as {quoted(names[name])}"
            for name, kind in self.result.columns.types.items()
        ]
        marks = [f"cast(${name} as {kind}) as {quoted(name)}" for name, kind in MARKS.items()]
        return f"select {', '.join([*cells, *marks])} from read_parquet($file)"

    def values(self) -> dict[str, Any]:
        """Return what the question's parameters stand for."""
        return {
            "file": str(self.result.file),
            "_client": str(self.client),
            "_workflow": self.workflow,
            "_window_start": self.window_start.isoformat(),
            "_window_end": self.window_end.isoformat(),
            "_run_id": str(self.result.run_id),
            "_delivered_at": self.at.isoformat(),
        }


def _clean(name: str, kind: str) -> str:
    return f"replace({quoted(name)}, chr(0), '')" if kind == "VARCHAR" else quoted(name)


def _stamp(wall: datetime) -> str:
    return wall.strftime("%Y%m%dT%H%M%S")
