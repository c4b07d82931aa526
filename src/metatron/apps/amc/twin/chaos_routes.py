"""The switches, for whoever has the key."""

import hmac
from typing import Annotated, Any

from fastapi import APIRouter, Header

from metatron.apps.amc.twin import chaos
from metatron.apps.amc.twin.desk import OpenDesk
from metatron.apps.amc.twin.refusals import Refusal

router = APIRouter(prefix="/chaos", tags=["chaos"])


@router.put("")
async def switch(
    desk: OpenDesk, rules: chaos.Rules, x_chaos_key: Annotated[str, Header(max_length=200)] = ""
) -> dict[str, Any]:
    """Replace all faults."""
    if not hmac.compare_digest(x_chaos_key.encode(), desk.settings.chaos_key.encode()):
        raise Refusal(403, "X-Chaos-Key is missing or wrong.")
    chaos.script(desk.store, rules)
    return {"rules": len(rules.rules)}
