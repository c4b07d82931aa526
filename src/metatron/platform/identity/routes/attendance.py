"""`/admin/users/{user_id}/sessions`: an operator looks at a person's devices and ends them."""

from uuid import UUID

from fastapi import status

from metatron.kernel.database.session import session_now
from metatron.kernel.errors import NotFound
from metatron.kernel.http.access import operator
from metatron.kernel.http.routing import Router
from metatron.platform.identity.attendance import (
    READ,
    REVOKE,
    attended_devices,
    end_devices,
    reach_over,
)
from metatron.platform.identity.edge import AtDesk
from metatron.platform.identity.schemas import AttendedDevice, AttendedDevices
from metatron.platform.tenancy.interface import ScopeTooNarrow

router = Router(prefix="/admin/users/{user_id}/sessions", tags=["admin"])


@router.get("")
@operator(READ, raises=(NotFound,))
async def get_user_sessions(user_id: UUID, visit: AtDesk) -> AttendedDevices:
    """List the devices on which a person is signed in, within the operator's scope."""
    reach = await reach_over(visit.database, visit.context, user_id, READ)
    async with visit.database.transaction(visit.context) as session:
        now = await session_now(session)
        found = await attended_devices(session, user_id, reach=reach, now=now)
        items = [AttendedDevice.model_validate(row, from_attributes=True) for row in found]
    return AttendedDevices(items=items)


@router.delete("/{session_id}", status_code=status.HTTP_204_NO_CONTENT)
@operator(REVOKE, raises=(NotFound, ScopeTooNarrow))
async def delete_user_session(user_id: UUID, session_id: UUID, visit: AtDesk) -> None:
    """Sign a person out on one device."""
    await _end(visit, user_id, session_id)


@router.post("/revoke", status_code=status.HTTP_204_NO_CONTENT)
@operator(REVOKE, raises=(NotFound, ScopeTooNarrow))
async def post_revoke_user_sessions(user_id: UUID, visit: AtDesk) -> None:
    """Sign a person out everywhere within the operator's scope."""
    await _end(visit, user_id, None)


async def _end(visit: AtDesk, user_id: UUID, session_id: UUID | None) -> None:
    reach = await reach_over(visit.database, visit.context, user_id, REVOKE)
    async with visit.database.transaction(visit.context) as session:
        await end_devices(
            session,
            visit.context,
            user_id=user_id,
            session_id=session_id,
            reach=reach,
            now=await session_now(session),
        )
