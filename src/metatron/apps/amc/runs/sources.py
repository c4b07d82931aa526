"""What a run is made of: the instance it runs on, and the query with its declared parameters."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.connections.errors import InstanceGone, InstanceNotFound
from metatron.apps.amc.connections.tables import DISCONNECTED
from metatron.apps.amc.runs.errors import InstanceUnusable, RunWorkflowNotFound
from metatron.apps.amc.runs.parameters import Parameter
from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput

_INSTANCE = text("""
select i.id, i.name, i.time_zone, i.brands, i.active, i.gone_at, c.state, c.is_twin
from amc.instance i join amc.connection c on c.tenant_id = i.tenant_id and c.id = i.connection_id
where i.tenant_id = :tenant_id and i.id = :instance_id for share of i
""")
_WORKFLOW = text("""
select w.id, w.name, v.number, v.sql, v.parameters, v.privacy
from amc.workflow w join amc.workflow_version v
  on v.tenant_id = w.tenant_id and v.workflow_id = w.id
  and v.number = coalesce(cast(:number as bigint), w.current_version)
where w.tenant_id = :tenant_id and w.id = :workflow_id and w.archived_at is null
  and (w.shared or w.owner_id is not distinct from cast(:actor_id as uuid) or :is_system)
""")


@dataclass(frozen=True, slots=True)
class Place:
    """An instance that something can run on."""

    id: UUID
    name: str
    time_zone: str
    brands: list[str]


@dataclass(frozen=True, slots=True)
class Query:
    """A query as it is kept: the author's text, its parameters, and where it comes from."""

    sql: str
    parameters: list[Parameter]
    privacy: str
    name: str | None = None
    workflow_id: UUID | None = None
    number: int | None = None


async def place_of(session: AsyncSession, context: Context, instance_id: UUID) -> Place:
    """Return an instance, held until the transaction ends.

    Raises:
        InstanceNotFound: there is none.
        InstanceGone: Amazon does not list it any more.
        InstanceUnusable: it is switched off, or its connection was ended.
    """
    asked = {"tenant_id": context.tenant_id, "instance_id": instance_id}
    found = (await session.execute(_INSTANCE, asked)).one_or_none()
    if found is None:
        raise InstanceNotFound
    if found.gone_at is not None:
        raise InstanceGone
    if not found.active:
        raise InstanceUnusable("This client is switched off.")
    if found.state == DISCONNECTED:
        raise InstanceUnusable("The connection to Amazon was ended. Connect again first.")
    return Place(found.id, found.name, found.time_zone, list(found.brands))


async def query_of_workflow(
    session: AsyncSession, context: Context, *, workflow_id: UUID, number: int | None
) -> Query:
    """Return a version of a workflow, the newest without a number.

    Raises:
        RunWorkflowNotFound: there is none that the actor may see.
    """
    asked = {
        "tenant_id": context.tenant_id,
        "workflow_id": workflow_id,
        "number": number,
        "actor_id": context.actor_id,
        "is_system": context.actor_kind == "system",
    }
    found = (await session.execute(_WORKFLOW, asked)).one_or_none()
    if found is None:
        raise RunWorkflowNotFound
    return Query(
        found.sql,
        read_parameters(found.parameters),
        found.privacy,
        found.name,
        found.id,
        found.number,
    )


def read_parameters(stored: list[dict[str, Any]]) -> list[Parameter]:
    """Read parameters as they are stored."""
    return [Parameter.model_validate(each) for each in stored]


def one_source(workflow_id: UUID | None, sql: str | None) -> None:
    """Refuse a run of nothing, or of two things; raises `InvalidInput`."""
    if (workflow_id is None) == (sql is None):
        raise InvalidInput.field(
            "body.sql", "one_of_two", "Give a workflow or a query: one of the two."
        )
