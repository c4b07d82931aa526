"""`/admin/security`: what happened at the doors, and how operators themselves are protected."""

from metatron.kernel.database.session import session_now
from metatron.kernel.http.access import operator
from metatron.kernel.http.routing import Router
from metatron.platform.identity import schemas
from metatron.platform.identity.attendance import READ
from metatron.platform.identity.edge import AtDesk
from metatron.platform.identity.vigilance import vigilance
from metatron.platform.tenancy.interface import (
    ScopeTooNarrow,
    demand_everything,
    operators_in_force,
)

router = Router(prefix="/admin/security", tags=["admin"])


@router.get("")
@operator(READ, raises=(ScopeTooNarrow,))
async def get_security(visit: AtDesk) -> schemas.Security:
    """Show sign-ins and warnings of 24 hours, and how the operators themselves are protected."""
    await demand_everything(visit.database, visit.at, READ)
    people = await operators_in_force(visit.database)
    async with visit.database.transaction(visit.context) as session:
        now = await session_now(session)
        found = await vigilance(session, operators=people, now=now)
    items = [schemas.SecurityCount(name=name, count=count) for name, count in found.counts.items()]
    return schemas.Security(
        counts=items,
        blocked_count=found.blocked_count,
        session_count=found.session_count,
        impersonation_count=found.impersonation_count,
        operators=[schemas.ProtectedOperator.model_validate(each) for each in found.operators],
    )
