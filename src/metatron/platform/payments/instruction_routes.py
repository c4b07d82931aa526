"""Instructions, what was observed at the provider, and who the provider is: for finance to see."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Who
from metatron.platform.payments import queries
from metatron.platform.payments.adapter import Action
from metatron.platform.payments.errors import InstructionNotFound
from metatron.platform.payments.permissions import READ
from metatron.platform.payments.providers import adapter_named, default_name
from metatron.platform.payments.schemas import (
    InstructionDetail,
    InstructionPage,
    Kind,
    ObservationPage,
    ProviderView,
)
from metatron.platform.payments.tables import InstructionState
from metatron.platform.tenancy.interface import Page

router = Router(prefix="/payments", tags=["payments"])
JSON = "application/json"


@router.get("/provider")
@requires(READ)
async def read_payment_provider(_who: Who) -> ProviderView:
    """Tell who takes new instructions and who holds the money meanwhile."""
    adapter = adapter_named(default_name())
    return ProviderView(
        name=adapter.name,
        custody=adapter.custody,
        custody_text=adapter.custody_text,
        capabilities=sorted(adapter.capabilities),
    )


@router.get("/instructions", response_model=InstructionPage)
@requires(READ)
async def read_instructions(
    *,
    read: Read,
    page: Page,
    state: InstructionState | None = None,
    kind: Kind | None = None,
    target_id: UUID | None = None,
    overdue: Annotated[bool, Query()] = False,
) -> Response:
    """List instructions, oldest first; `overdue` those whose next attempt should have been."""
    found = await read.direct.json(
        read.context, queries.INSTRUCTIONS, *page.arguments(), state, kind, target_id, overdue
    )
    return Response(found, media_type=JSON)


@router.get("/instructions/{instruction_id}", response_model=InstructionDetail)
@requires(READ, raises=(InstructionNotFound,))
async def read_instruction(read: Read, instruction_id: UUID) -> Response:
    """Show one instruction with every call made for it."""
    found = await read.direct.json(read.context, queries.INSTRUCTION, instruction_id)
    if found is None:
        raise InstructionNotFound
    return Response(found, media_type=JSON)


@router.get("/observations", response_model=ObservationPage)
@requires(READ)
async def read_observations(
    read: Read, page: Page, action: Action | None = None, target_id: UUID | None = None
) -> Response:
    """List what the provider or a person in its dashboard did by themselves, oldest first."""
    found = await read.direct.json(
        read.context, queries.OBSERVATIONS, *page.arguments(), action, target_id
    )
    return Response(found, media_type=JSON)
