"""How much is made: presets by the number of events."""

from dataclasses import dataclass

EVENTS = {"100k": 100_000, "1M": 1_000_000, "10M": 10_000_000, "100M": 100_000_000}
EVENTS_A_USER = 9.4
CHUNK_USERS = 50_000
"""Users made at once: bounds memory, and is what a broken run continues from."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A size and a seed; the same two always make the same bytes."""

    name: str
    seed: int = 1

    @property
    def users(self) -> int:
        """People of the population. KeyError for an unknown preset."""
        return int(EVENTS[self.name] / EVENTS_A_USER)

    @property
    def folder(self) -> str:
        """The name of the folder it is kept in."""
        return f"{self.name}-seed{self.seed}"

    def chunks(self) -> list[tuple[int, int]]:
        """Return half-open ranges of user numbers; at least two, for two cores."""
        size = min(CHUNK_USERS, -(-self.users // 2))
        return [(low, min(low + size, self.users)) for low in range(0, self.users, size)]
