"""Whom a change is told, where not everybody who watches a module may know of all its records."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from metatron.kernel.context import Context
from metatron.kernel.database.direct import DirectDoor

type Announced = tuple[UUID, str, UUID]
"""An event's id, its name, and the id of the record it is about."""
Find = Callable[[DirectDoor, Context, Sequence[Announced]], Awaitable[dict[UUID, frozenset[UUID]]]]
"""Returns, by the ids of those events that are not for all, who may hear of them."""


@dataclass(frozen=True, slots=True)
class Audience:
    """How a module keeps its events from some: asked once a look at the log, however many watch.

    `ids_of` returns the ids by which a person is in an audience, None for who may hear all.
    """

    find: Find
    ids_of: Callable[[Context], Sequence[UUID] | None]
