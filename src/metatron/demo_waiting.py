"""What the demo waits for between its people's steps: the worker's part."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.money.release import RELEASE_ACTION
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.platform.approvals.decisions import approve
from metatron.platform.approvals.tables import ApprovalRow

_PATIENCE_SECONDS = 60.0
_LOOK_SECONDS = 0.1


async def until_allocated(database: Database, tenant_id: UUID, campaign_id: UUID) -> None:
    """Wait until every commitment of an accepted campaign has its units.

    Raises:
        TimeoutError: the worker did not get that far.
    """
    query = select(Campaign.allocated_at).where(
        Campaign.tenant_id == tenant_id, Campaign.id == campaign_id
    )

    async def is_allocated(session: AsyncSession) -> bool:
        return (await session.execute(query)).scalar_one() is not None

    await _until(database, system_context(tenant_id), is_allocated, "the allocation")


async def approve_release(database: Database, approver: Context, campaign_id: UUID) -> None:
    """Give one of the two approvals of the release once the worker has asked; not after its end.

    Raises:
        TimeoutError: the worker did not ask.
    """
    asked = select(ApprovalRow.id, ApprovalRow.agreed_by).where(
        ApprovalRow.tenant_id == approver.tenant_id,
        ApprovalRow.subject_id == campaign_id,
        ApprovalRow.action == RELEASE_ACTION,
        ApprovalRow.state == "requested",
    )
    state = select(Campaign.state).where(
        Campaign.tenant_id == approver.tenant_id, Campaign.id == campaign_id
    )

    async def is_approved(session: AsyncSession) -> bool:
        request = (await session.execute(asked)).one_or_none()
        if request is None:
            return (await session.execute(state)).scalar_one() == "completed"
        if request.agreed_by != approver.actor_id:
            now = await session_now(session)
            await approve(session, approver, approval_id=request.id, now=now)
        return True

    await _until(database, approver, is_approved, "the request to release")


async def _until(
    database: Database,
    context: Context,
    look: Callable[[AsyncSession], Awaitable[bool]],
    awaited: str,
) -> None:
    ends = time.monotonic() + _PATIENCE_SECONDS
    while True:
        async with database.transaction(context) as session:
            if await look(session):
                return
        if time.monotonic() > ends:
            message = f"{awaited} is not there after {_PATIENCE_SECONDS:.0f} s"
            raise TimeoutError(message)
        await asyncio.sleep(_LOOK_SECONDS)
