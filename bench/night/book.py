"""What the clients were told: what was answered with success counts, and nothing else."""

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Told:
    """One success: what was done, in which organisation, to what."""

    what: str
    tenant_id: UUID
    subject: UUID
    detail: dict[str, Any]


@dataclass(slots=True)
class Book:
    """Successes, answers by status, and what must not be."""

    told: list[Told] = field(default_factory=list)
    asked: set[tuple[str, UUID, UUID]] = field(default_factory=set)
    """Everything that was asked for, answered or not."""
    statuses: Counter[str] = field(default_factory=Counter)
    repeats: int = 0
    findings: list[str] = field(default_factory=list)
    begun: float = field(default_factory=time.monotonic)

    def asks(self, what: str, tenant_id: UUID, subject: UUID) -> None:
        """Note what is asked for before it is."""
        self.asked.add((what, tenant_id, subject))

    def notes(self, what: str, tenant_id: UUID, subject: UUID, **detail: Any) -> None:
        """Note a success."""
        self.told.append(Told(what, tenant_id, subject, detail))

    def finds(self, what: str) -> None:
        """Note something that must not be."""
        self.findings.append(what)

    def of(self, what: str) -> list[Told]:
        """Return the successes of one kind."""
        return [each for each in self.told if each.what == what]

    def seconds(self) -> float:
        """Return the seconds since the beginning."""
        return time.monotonic() - self.begun
