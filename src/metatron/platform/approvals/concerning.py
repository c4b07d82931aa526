"""Whom and what a request is about, by name: an application tells it of the kinds it knows."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context


@dataclass(frozen=True, slots=True)
class Concern:
    """A record or a person; `path` is the page's address, `user_id` a person to be named there."""

    label: str
    text: str
    path: str | None = None
    user_id: UUID | None = None


Find = Callable[[AsyncSession, Context, UUID], Awaitable[list[Concern]]]
_known: dict[str, Find] = {}


def register_concerns(subject_kind: str, find: Find) -> None:
    """Have `find` asked with a subject's id; called when the owning module is imported."""
    known = _known.setdefault(subject_kind, find)
    assert known is find, f"two applications know the kind {subject_kind}"


async def concerns_of(
    session: AsyncSession,
    context: Context,
    *,
    subject_kind: str,
    subject_id: UUID,
) -> list[Concern]:
    """Return what a request is about; nothing of a kind nobody registered in this process."""
    find = _known.get(subject_kind)
    return [] if find is None else await find(session, context, subject_id)
