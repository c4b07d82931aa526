"""Routes by which the owner of an address outside says whether alerts may come to it."""

from dataclasses import replace

from starlette.responses import Response

from metatron.apps.amc.edge import answer_json
from metatron.apps.amc.link_tokens import read_token
from metatron.apps.amc.runs import alert_addresses, alert_schemas
from metatron.apps.amc.runs.errors import AlertAddressNotFound
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.http.access import public
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Who
from metatron.platform.tenancy.interface import tenant_by_id

router = Router(prefix="/public/amc/alert-addresses", tags=["amc alerts"])


@router.post("/confirm", response_model=alert_schemas.AddressAnswered)
@public(raises=(AlertAddressNotFound,))
async def confirm_alert_address(
    body: alert_schemas.AddressToken, who: Who, database: Db
) -> Response:
    """Say yes: alerts of the organisation that asked come to the address from now on."""
    return await _answered(database, who, body.token, says_yes=True)


@router.post("/refuse", response_model=alert_schemas.AddressAnswered)
@public(raises=(AlertAddressNotFound,))
async def refuse_alert_address(
    body: alert_schemas.AddressToken, who: Who, database: Db
) -> Response:
    """Say no, at any time: nothing of the organisation's alerts comes to the address any more."""
    return await _answered(database, who, body.token, says_yes=False)


async def _answered(database: Database, who: Context, token: str, *, says_yes: bool) -> Response:
    tenant_id, token_hash = read_token(token, refusal=AlertAddressNotFound)
    tenant = await tenant_by_id(database, tenant_id)
    if tenant is None or tenant.state != "active":
        raise AlertAddressNotFound
    context = replace(who, tenant_id=tenant_id, permissions=frozenset())
    async with database.transaction(context) as session:
        found = await alert_addresses.answer(
            session, context, token_hash=token_hash, says_yes=says_yes,
            now=await session_now(session),
        )  # fmt: skip
        told = {
            "organisation": tenant.name, "address": found.address, "says_yes": says_yes,
        }  # fmt: skip
    return answer_json(told)
