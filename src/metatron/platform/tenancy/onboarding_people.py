"""The port through which onboarding gets its first user: identity provides it when it starts.

Tenancy does not know identity; identity knows tenancy, and hands over its function.
"""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from metatron.kernel.database.database import Database


class EnsurePerson(Protocol):
    """Returns the id of the person with an address, made if there is none; bears repetition."""

    async def __call__(
        self, database: Database, /, *, email: str, display_name: str, now: datetime
    ) -> UUID:
        """Do so; raise `InvalidInput` for what is no address."""
        ...


_ensure: EnsurePerson | None = None


def provide_people(ensure: EnsurePerson) -> None:
    """Take note of how people are made; called once when the process starts."""
    global _ensure
    _ensure = ensure


def people() -> EnsurePerson:
    """Return what `provide_people` noted."""
    assert _ensure is not None, "a module that keeps people calls provide_people first"
    return _ensure
