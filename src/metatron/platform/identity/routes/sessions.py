"""The person's devices."""

from uuid import UUID

from fastapi import status

from metatron.kernel.database.session import session_now
from metatron.kernel.errors import ImpersonationForbidden, NotFound
from metatron.kernel.http.routing import Router
from metatron.platform.identity.edge import AtDesk
from metatron.platform.identity.routes.declare import person
from metatron.platform.identity.schemas import Device, Devices
from metatron.platform.identity.sessions import devices, revoke_all, revoke_session

router = Router(prefix="/auth/sessions", tags=["auth"])


@router.get("")
@person(unverified=True)
async def get_sessions(visit: AtDesk) -> Devices:
    """List the devices that are signed in, the last used first."""
    async with visit.database.transaction(visit.context) as session:
        now = await session_now(session)
        current = visit.context.session_id
        found = await devices(session, visit.user_id, current_id=current, now=now)
    return Devices(items=[Device.model_validate(item) for item in found])


@router.delete("/{session_id}", status_code=status.HTTP_204_NO_CONTENT)
@person(NotFound, ImpersonationForbidden, unverified=True)
async def delete_session(session_id: UUID, visit: AtDesk) -> None:
    """Sign one device out."""
    visit.refuse_impersonation()
    async with visit.database.transaction(visit.context) as session:
        await revoke_session(
            session,
            visit.context,
            user_id=visit.user_id,
            session_id=session_id,
            why="asked",
            now=await session_now(session),
        )


@router.post("/revoke-others", status_code=status.HTTP_204_NO_CONTENT)
@person(ImpersonationForbidden, unverified=True)
async def post_revoke_others(visit: AtDesk) -> None:
    """Sign every other device out."""
    visit.refuse_impersonation()
    async with visit.database.transaction(visit.context) as session:
        await revoke_all(
            session,
            visit.context,
            user_id=visit.user_id,
            keep=visit.context.session_id,
            why="asked",
            now=await session_now(session),
        )
