"""What figures are made of: a measure as it is stored, and what a segment of a client came to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Measure:
    """What is shown of a column, or of two."""

    id: str
    kind: str
    column: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    scale: Decimal = Decimal(1)

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Measure":
        """Read a measure as it is stored."""
        return cls(
            stored["id"],
            stored["kind"],
            stored.get("column"),
            stored.get("numerator"),
            stored.get("denominator"),
            Decimal(str(stored.get("scale", 1))),
        )

    def columns(self) -> set[str]:
        """Return the columns that it needs."""
        names = (self.column, self.numerator, self.denominator)
        return {name for name in names if name is not None}


Four = tuple[Decimal | None, int, Decimal | None, Decimal | None]
_NONE: Four = (None, 0, None, None)


@dataclass(frozen=True, slots=True)
class Figures:
    """A segment of a client: by column the sum, how many values, the least and the greatest."""

    segment_id: UUID
    instance_id: UUID
    start: datetime
    end: datetime
    is_provisional: bool
    columns: Mapping[str, Four]

    def sum_of(self, column: str | None) -> Decimal | None:
        """Return a column's sum, None without any value."""
        return self.columns.get(column or "", _NONE)[0]

    def count_of(self, column: str | None) -> int:
        """Return how many values a column has."""
        return self.columns.get(column or "", _NONE)[1]

    def least_of(self, column: str | None) -> Decimal | None:
        """Return a column's least value."""
        return self.columns.get(column or "", _NONE)[2]

    def most_of(self, column: str | None) -> Decimal | None:
        """Return a column's greatest value."""
        return self.columns.get(column or "", _NONE)[3]
