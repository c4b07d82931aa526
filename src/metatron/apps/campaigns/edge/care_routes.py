"""Routes of the exceptions register, and of what was done at the provider."""

from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from metatron.apps.campaigns import errors
from metatron.apps.campaigns.care import exceptions
from metatron.apps.campaigns.care.dispute_rate import dispute_rate
from metatron.apps.campaigns.care.errors import (
    EvidenceMissing,
    ExceptionNotFound,
    ExceptionStepRefused,
)
from metatron.apps.campaigns.care.exception_steps import STEPS, Category, Severity, State
from metatron.apps.campaigns.care.tables import ExceptionRow
from metatron.apps.campaigns.edge import answers, care_queries, care_schemas
from metatron.apps.campaigns.edge.paging import (
    Cursor,
    Limit,
    StateFilter,
    answer_json,
    answer_page,
    answer_page_of,
)
from metatron.apps.campaigns.permissions import CARE, READ
from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Unit, database_of
from metatron.platform.files.interface import FileNotFound
from metatron.platform.tenancy.interface import members_allowed

router = Router(tags=["campaign exceptions"])


@router.get("/campaign-exceptions", response_model=answers.Page[care_schemas.ExceptionShown])
@requires(READ)
async def list_exceptions(
    *,
    read: Read,
    state: Annotated[State | None, Query()] = None,
    severity: Annotated[Severity | None, Query()] = None,
    category: Annotated[Category | None, Query()] = None,
    campaign_id: Annotated[UUID | None, Query()] = None,
    is_open: Annotated[bool, Query(alias="open")] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List what went wrong, the newest first; `open` leaves out what is closed."""
    filters = (state, severity, category, campaign_id, is_open)
    return await answer_page(read, care_queries.EXCEPTIONS, *filters, limit=limit, cursor=cursor)


@router.post("/campaign-exceptions", status_code=201, response_model=care_schemas.ExceptionShown)
@requires(CARE, raises=(errors.CampaignNotFound, errors.CommitmentNotFound), idempotency="required")
async def add_exception(body: care_schemas.ExceptionBody, unit: Unit) -> Response:
    """Open an exception by hand."""
    found = exceptions.Found(
        category=body.category,
        severity=body.severity,
        title=body.title,
        detail=body.detail,
        campaign_id=body.campaign_id,
        commitment_id=body.commitment_id,
    )
    row = await exceptions.open_exception(unit.session, unit.context, found=found, now=unit.now)
    return _shown(row, status=201)


@router.get("/campaign-exceptions/{exception_id}", response_model=care_schemas.ExceptionDetail)
@requires(READ, raises=(ExceptionNotFound,))
async def show_exception(exception_id: UUID, read: Read) -> Response:
    """Show an exception with its evidence, its history and the steps that are possible."""
    found = await read.direct.json(read.context, care_queries.EXCEPTION, exception_id)
    if found is None:
        raise ExceptionNotFound
    shown: dict[str, Any] = orjson.loads(found)
    possible = [asdict(step) for step in STEPS if step.source == shown["state"]]
    names = care_schemas.ExceptionStepShown.model_fields
    shown["steps"] = [{name: step[name] for name in names} for step in possible]
    return answer_json(shown, version=shown["version"])


@router.post(
    "/campaign-exceptions/{exception_id}/assign", response_model=care_schemas.ExceptionShown
)
@requires(CARE, raises=(ExceptionNotFound, ExceptionStepRefused))
async def assign_exception(
    exception_id: UUID, body: care_schemas.AssignmentBody, request: Request, unit: Unit
) -> Response:
    """Give an exception to a person who may work on it."""
    able = await members_allowed(database_of(request), unit.context.tenant_id, frozenset({CARE}))
    row = await exceptions.assign(
        unit.session,
        unit.context,
        exception_id=exception_id,
        person_id=body.assigned_to,
        is_able=body.assigned_to in able,
        now=unit.now,
    )
    return _shown(row)


@router.post("/campaign-exceptions/{exception_id}/move", response_model=care_schemas.ExceptionShown)
@requires(
    CARE,
    raises=(
        ExceptionNotFound,
        ExceptionStepRefused,
        EvidenceMissing,
        errors.ReasonRequired,
    ),
)
async def move_exception(
    exception_id: UUID, body: care_schemas.ExceptionMoveBody, unit: Unit
) -> Response:
    """Take an exception's next step; none can be skipped."""
    row = await exceptions.move(
        unit.session,
        unit.context,
        exception_id=exception_id,
        step=body.step,
        note=body.note,
        severity=body.severity,
        now=unit.now,
    )
    return _shown(row)


@router.post(
    "/campaign-exceptions/{exception_id}/evidence",
    status_code=201,
    response_model=care_schemas.ExceptionShown,
)
@requires(CARE, raises=(ExceptionNotFound, ExceptionStepRefused, FileNotFound))
async def add_exception_evidence(
    exception_id: UUID, body: care_schemas.EvidenceBody, unit: Unit
) -> Response:
    """Add a pointer to evidence: an uploaded file, or the id of a record."""
    row = await exceptions.add_evidence(
        unit.session,
        unit.context,
        exception_id=exception_id,
        kind=body.kind,
        pointer=body.pointer,
        note=body.note,
        now=unit.now,
    )
    return _shown(row, status=201)


@router.get(
    "/campaign-provider-actions", response_model=answers.Page[care_schemas.ProviderActionShown]
)
@requires(READ)
async def list_provider_actions(
    read: Read,
    state: StateFilter = None,
    commitment_id: Annotated[UUID | None, Query()] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List what was done at the provider without an instruction, the newest first."""
    return await answer_page(
        read, care_queries.PROVIDER_ACTIONS, state, commitment_id, limit=limit, cursor=cursor
    )


@router.get("/campaign-dispute-rate", response_model=care_schemas.DisputeRateShown)
@requires(READ)
async def show_dispute_rate(unit: Unit) -> Response:
    """Show the rate of card disputes, with its level at 0.75 % and 1 %."""
    return answer_json(asdict(await dispute_rate(unit.session, unit.context, now=unit.now)))


@router.get(
    "/campaigns/{campaign_id}/card-disputes",
    response_model=answers.Page[care_schemas.CardDisputeShown],
)
@requires(READ, raises=(errors.CampaignNotFound,))
async def list_card_disputes(
    campaign_id: UUID,
    read: Read,
    state: StateFilter = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List a campaign's card disputes, the newest first."""
    return await answer_page_of(
        read, campaign_id, care_queries.CARD_DISPUTES, state, limit=limit, cursor=cursor
    )


def _shown(row: ExceptionRow, *, status: int = 200) -> Response:
    names = care_schemas.ExceptionShown.model_fields
    content = {name: getattr(row, name) for name in names}
    return answer_json(content, status=status, version=row.version)
