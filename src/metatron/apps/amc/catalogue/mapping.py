"""Which brands, ASINs and campaigns a client has, and parameters filled from that."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.catalogue import statements
from metatron.apps.amc.catalogue.events import MappingSaved
from metatron.apps.amc.connections.errors import InstanceNotFound
from metatron.apps.amc.connections.grants import demand_client
from metatron.apps.amc.connections.tables import Instance
from metatron.apps.amc.declarations import Parameter
from metatron.apps.amc.permissions import EDIT
from metatron.kernel.context import Context
from metatron.kernel.etag import check_if_match
from metatron.kernel.events.event import publish

_VERSION = text(
    "select version from amc.mapping where tenant_id = :tenant_id and instance_id = :instance_id"
)
_BRANDS = text(
    "select brands from amc.mapping where tenant_id = :tenant_id and instance_id = :instance_id"
)


async def save_mapping(
    session: AsyncSession,
    context: Context,
    *,
    instance_id: UUID,
    brands: Sequence[dict[str, Any]],
    if_match: str | None,
    now: datetime,
) -> int:
    """Replace a client's mapping; returns its version.

    `brands` are `{name, asins, campaign_ids}` each; doubles within one are dropped.

    Raises:
        PermissionDenied: the actor may not write mappings, or not this client's.
        InstanceNotFound: no client of this organisation has the id.
        VersionConflict: somebody saved it since (a mapping never saved has version 0).
    """
    context.demand(EDIT)
    await demand_client(session, context, instance_id, "edit")
    # The client's row is the lock of its mapping, which may not be there yet.
    key = (context.tenant_id, instance_id)
    if await session.get(Instance, key, with_for_update=True) is None:
        raise InstanceNotFound
    where = {"tenant_id": context.tenant_id, "instance_id": instance_id}
    check_if_match(if_match, await session.scalar(_VERSION, where) or 0)
    kept = [
        {
            "name": brand["name"],
            "asins": list(dict.fromkeys(brand["asins"])),
            "campaign_ids": list(dict.fromkeys(brand["campaign_ids"])),
        }
        for brand in brands
    ]
    row = where | {
        "brands": orjson.dumps(kept).decode(), "saved_by": context.actor_id, "now": now,
    }  # fmt: skip
    version: int = (await session.execute(text(statements.SAVE_MAPPING), row)).scalar_one()
    event = MappingSaved(
        aggregate_id=instance_id,
        brands=len(kept),
        asins=sum(len(brand["asins"]) for brand in kept),
        campaigns=sum(len(brand["campaign_ids"]) for brand in kept),
    )
    await publish(session, context, event, now=now)
    return version


def fill(
    parameters: Iterable[Parameter], brands: Sequence[dict[str, Any]]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return values by name, and for each parameter where its value comes from.

    A source is `mapping:<brands>`, `default`, or `none`: then there is no value.
    """
    names = ", ".join(brand["name"] for brand in brands)
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for each in parameters:
        found = _mapped(each, brands)
        if found:
            values[each.name], sources[each.name] = found, f"mapping:{names}"
        elif each.default is not None:
            values[each.name], sources[each.name] = each.default, "default"
        else:
            sources[each.name] = "none"
    return values, sources


async def settle_values(
    session: AsyncSession,
    context: Context,
    *,
    instance_id: UUID,
    parameters: Iterable[Parameter],
    given: Sequence[Mapping[str, Any]],
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return a client's values by name and their sources, as `fill` does, for a run of it.

    Of `given` the later ones win, over the client's mapping and the defaults; their source is
    `given`, and null means not given.
    """
    where = {"tenant_id": context.tenant_id, "instance_id": instance_id}
    values, sources = fill(parameters, await session.scalar(_BRANDS, where) or [])
    for some in given:
        known = {name: value for name, value in some.items() if value is not None}
        values |= known
        sources |= dict.fromkeys(known, "given")
    return values, sources


def _mapped(parameter: Parameter, brands: Sequence[dict[str, Any]]) -> Any:
    if parameter.kind == "brand":
        found = [brand["name"] for brand in brands]
        return found if parameter.list else (found[0] if len(found) == 1 else None)
    member = {"asin_list": "asins", "campaign_list": "campaign_ids"}.get(parameter.kind)
    if member is None:
        return None
    return list(dict.fromkeys(value for brand in brands for value in brand[member]))
