"""What `auth` does for the other services; closed to the world by the proxy and by the gate."""

from uuid import UUID

from fastapi import status
from pydantic import BaseModel, ConfigDict, Field

from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.errors import InvalidInput
from metatron.kernel.http.access import Access, declare
from metatron.kernel.http.routing import Router
from metatron.platform.identity.away import AUTH, ERASURES_PATH, PEOPLE_PATH, UPKEEP_PATH
from metatron.platform.identity.edge import AtDesk
from metatron.platform.identity.erasing import end_account
from metatron.platform.identity.interface import ensure_person
from metatron.platform.identity.jobs import prune
from metatron.platform.identity.permissions import KEEP_PEOPLE
from metatron.platform.identity.routes.declare import MOST_BYTES

router = Router(tags=["auth"])


class PersonGiven(BaseModel):
    """Somebody another service has to do with."""

    model_config = ConfigDict(extra="forbid")

    email: str = Field(min_length=3, max_length=320)
    display_name: str = Field(min_length=1, max_length=200)


class PersonKept(BaseModel):
    """Their id."""

    user_id: UUID


class PersonErased(BaseModel):
    """Whose account ends for good."""

    model_config = ConfigDict(extra="forbid")

    user_id: UUID


@router.post(PEOPLE_PATH)
@declare(
    Access(
        "service",
        KEEP_PEOPLE,
        raises=(InvalidInput,),
        idempotency="ignored",
        max_body_bytes=MOST_BYTES,
        audience=AUTH,
    )
)
async def post_service_person(given: PersonGiven, visit: AtDesk) -> PersonKept:
    """Return the id of the person with this address, made unverified if there is none."""
    user_id = await ensure_person(
        visit.database, email=given.email, display_name=given.display_name, now=utc_now()
    )
    return PersonKept(user_id=user_id)


@router.post(UPKEEP_PATH, status_code=status.HTTP_204_NO_CONTENT)
@declare(
    Access("service", KEEP_PEOPLE, idempotency="ignored", max_body_bytes=MOST_BYTES, audience=AUTH)
)
async def post_service_upkeep(visit: AtDesk) -> None:
    """Forget links, challenges, counters and sessions that ended some time ago."""
    context = system_context()
    async with visit.database.transaction(context) as session:
        await prune(session, context, now=utc_now())


@router.post(ERASURES_PATH, status_code=status.HTTP_204_NO_CONTENT)
@declare(
    Access("service", KEEP_PEOPLE, idempotency="ignored", max_body_bytes=MOST_BYTES, audience=AUTH)
)
async def post_service_erasure(given: PersonErased, visit: AtDesk) -> None:
    """End an account whose personal data is erased."""
    await end_account(visit.database, given.user_id)
