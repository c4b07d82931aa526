"""Decisions that wait on a record of an application, and not as a request for approval.

An application says what of it waits for the person who looks; it is shown beside the requests.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context


@dataclass(frozen=True, slots=True)
class WaitingDecision:
    """Something the reader may decide now; `path` is the page's address of its record."""

    subject_kind: str
    subject_id: UUID
    title: str
    asks: str
    """What is to be decided, in plain words."""
    path: str
    asked_by: UUID | None
    asked_at: datetime


Find = Callable[[AsyncSession, Context], Awaitable[list[WaitingDecision]]]
_known: dict[str, Find] = {}


def register_waiting(name: str, find: Find) -> None:
    """Have `find` asked for what waits; called when the owning module is imported.

    `find` answers for its context's person alone: nothing that they may not decide.
    """
    known = _known.setdefault(name, find)
    assert known is find, f"two lists of what waits are named {name}"


async def waiting_for(session: AsyncSession, context: Context) -> list[WaitingDecision]:
    """Return what waits for this context's decision in all applications, the oldest first."""
    found = [each for name in sorted(_known) for each in await _known[name](session, context)]
    return sorted(found, key=lambda each: (each.asked_at, each.subject_id))
