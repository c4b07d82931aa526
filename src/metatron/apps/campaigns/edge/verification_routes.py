"""Routes of suppliers' identity: who is verified, and what one is told of oneself."""

from uuid import UUID

from starlette.responses import Response

from metatron.apps.campaigns.edge import verification_schemas as shapes
from metatron.apps.campaigns.edge.paging import answer_json
from metatron.apps.campaigns.edge.verification_queries import SUPPLIERS
from metatron.apps.campaigns.errors import FeatureSwitchedOff, SamePersonReview
from metatron.apps.campaigns.permissions import READ, SETTLE, SUPPLY
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.apps.campaigns.rules.verification import newest_word, state_of
from metatron.apps.campaigns.supply.errors import SupplierNotFound
from metatron.apps.campaigns.supply.verifying import state_verification
from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Unit

router = Router(tags=["supplier verification"])


@router.get("/supplier-verifications", response_model=list[shapes.SupplierVerificationItem])
@requires(READ, raises=(FeatureSwitchedOff,))
async def list_supplier_verifications(read: Read) -> Response:
    """List up to 500 suppliers of campaigns, with what was said last of who they are."""
    found = await read.direct.json(read.context, SUPPLIERS)
    if found is None:
        raise FeatureSwitchedOff("supplier_verification")
    return Response(found, media_type="application/json")


@router.post(
    "/supplier-verifications/{supplier_id}",
    status_code=201,
    response_model=shapes.VerificationAnswer,
)
@requires(
    SETTLE,
    raises=(FeatureSwitchedOff, SupplierNotFound, SamePersonReview),
    idempotency="required",
)
async def state_supplier_verification(
    supplier_id: UUID, body: shapes.VerificationBody, unit: Unit
) -> Response:
    """Say what one found out about who a supplier is; the newest word stands."""
    word = await state_verification(
        unit.session,
        unit.context,
        supplier_id=supplier_id,
        verdict=body.verdict,
        basis=body.basis,
        valid_until=body.valid_until,
        now=unit.now,
    )
    state = state_of(word, unit.now)
    return answer_json({"state": state, "valid_until": word.valid_until}, status=201)


@router.get("/supplier/verification", response_model=shapes.OwnVerificationAnswer)
@requires(SUPPLY)
async def show_own_verification(unit: Unit) -> Response:
    """Say whether a release to oneself waits for one's identity to be verified."""
    settings = await read_settings(unit.session, unit.context)
    assert unit.context.actor_id is not None
    word = await newest_word(unit.session, unit.context, unit.context.actor_id)
    shown = {
        "is_needed": settings.supplier_verification,
        "state": state_of(word, unit.now),
        "valid_until": word.valid_until if word else None,
    }
    return answer_json(shown)
