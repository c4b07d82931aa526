"""Who decides beside another: two credentials of one person are not two people."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.errors import SamePersonReview
from metatron.kernel.context import Context
from metatron.platform.approvals.interface import is_another_person


async def demand_second_person(
    session: AsyncSession, context: Context, *asked_by: UUID | None
) -> None:
    """Let pass who decides on what another has asked for; the system passes.

    `asked_by`: the actor of the credential it was asked with, and the operator if one acted in
    that one's name. An API key acts for whoever made it.

    Raises:
        SamePersonReview: it is the same person, or could be: an operator in somebody's name, a
            key that nobody known has made.
    """
    for each in asked_by:
        if each is not None and not await is_another_person(session, context, each):
            raise SamePersonReview
