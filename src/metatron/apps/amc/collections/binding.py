"""A client's values in a collection: given for it, given for all, mapped, or the defaults."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.catalogue.mapping import settle_values
from metatron.apps.amc.runs.parameters import bind
from metatron.apps.amc.runs.sources import Query, place_of
from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Bound:
    """A client with its values. The digest tells whether two collections ask the same of it."""

    instance_id: UUID
    values: dict[str, Any]
    sources: dict[str, str]
    parameters_hash: bytes


async def bound_client(
    session: AsyncSession,
    context: Context,
    instance_id: UUID,
    *,
    query: Query,
    given: Sequence[Mapping[str, Any]],
) -> Bound:
    """Settle a client's values; of `given` the later ones win, over its mapping and the defaults.

    Raises:
        InstanceNotFound, InstanceGone, InstanceUnusable: nothing can run there.
        InvalidInput: a value that is missing, unknown or does not fit.
    """
    place = await place_of(session, context, instance_id)
    values, sources = await settle_values(
        session, context, instance_id=instance_id, parameters=query.parameters, given=given
    )
    try:
        bound = bind(query.parameters, values)
    except InvalidInput as error:
        raise InvalidInput(f"{place.name}: {error.detail}", errors=error.errors) from error
    return Bound(instance_id, values, sources, digest(bound.values | bound.tables, query.privacy))


def digest(values: Mapping[str, Any], privacy: str) -> bytes:
    """Return the SHA-256 of what is asked besides the query: typed values, and how it filters."""
    told = orjson.dumps({"values": values, "privacy": privacy}, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(told).digest()
