"""Requests of single tenants, counted in this process until somebody takes the figures."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(slots=True)
class Tally:
    """Answered requests, those of them with a 5xx, and the time they took in seconds."""

    requests: int = 0
    errors: int = 0
    seconds: float = 0.0

    def add(self, other: "Tally") -> None:
        """Add another tally to this one."""
        self.requests += other.requests
        self.errors += other.errors
        self.seconds += other.seconds


_tallies: dict[UUID, Tally] = {}


def observe_tenant(tenant_id: UUID, status: int, seconds: float) -> None:
    """Count one answered request of a tenant."""
    tally = _tallies.get(tenant_id)
    if tally is None:
        tally = _tallies[tenant_id] = Tally()
    tally.requests += 1
    tally.seconds += seconds
    if status >= 500:
        tally.errors += 1


def take_tallies() -> dict[UUID, Tally]:
    """Return what was counted since the last time, and begin anew."""
    taken = dict(_tallies)
    _tallies.clear()
    return taken


def put_back(taken: dict[UUID, Tally]) -> None:
    """Take back what could not be written."""
    for tenant_id, tally in taken.items():
        _tallies.setdefault(tenant_id, Tally()).add(tally)
