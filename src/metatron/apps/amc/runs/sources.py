"""What a run is made of: the instance it runs on, and the query with its declared parameters."""

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.connections.errors import InstanceGone, InstanceNotFound
from metatron.apps.amc.connections.grants import demand_client
from metatron.apps.amc.connections.tables import DISCONNECTED
from metatron.apps.amc.declarations import Parameter
from metatron.apps.amc.library.loading import version_of, visible_workflow
from metatron.apps.amc.runs.errors import InstanceUnusable
from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput

_INSTANCE = text("""
select i.id, i.name, i.time_zone, i.brands, i.active, i.gone_at, i.listed, i.extra_columns,
  i.is_sandbox, c.is_twin, c.state
from amc.instance i join amc.connection c on c.tenant_id = i.tenant_id and c.id = i.connection_id
where i.tenant_id = :tenant_id and i.id = :instance_id for share of i
""")


@dataclass(frozen=True, slots=True)
class Place:
    """An instance that something can run on; `listed` is what is kept of its list of tables.

    `is_sandbox`: an AMC sandbox of Amazon's; `is_local`: of the local AMC.
    """

    id: UUID
    name: str
    time_zone: str
    brands: list[str]
    listed: dict[str, Any] | None = None
    extra_columns: dict[str, str] = field(default_factory=dict)
    is_sandbox: bool = False
    is_local: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A query as it is kept: the author's text, its parameters, and where it comes from."""

    sql: str
    parameters: list[Parameter]
    privacy: str
    name: str | None = None
    workflow_id: UUID | None = None
    number: int | None = None

    def with_privacy(self, privacy: str) -> "Query":
        """Return the same query with another filtering."""
        return replace(self, privacy=privacy)


async def place_of(session: AsyncSession, context: Context, instance_id: UUID) -> Place:
    """Return an instance, held until the transaction ends.

    Raises:
        InstanceNotFound: there is none that the actor may see.
        PermissionDenied: the actor may see it, and run nothing on it.
        InstanceGone: Amazon does not list it any more.
        InstanceUnusable: it is switched off, or its connection was ended.
    """
    await demand_client(session, context, instance_id, "run")
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
    return Place(
        found.id, found.name, found.time_zone, list(found.brands),
        found.listed, found.extra_columns, found.is_sandbox, found.is_twin,
    )  # fmt: skip


async def query_of_workflow(
    session: AsyncSession, context: Context, *, workflow_id: UUID, number: int | None
) -> Query:
    """Return a version of a workflow, the newest without a number.

    Raises:
        WorkflowNotFound: there is none that the actor may see.
        VersionNotFound: it has no such version.
    """
    workflow = await visible_workflow(session, context, workflow_id)
    version = await version_of(session, context, workflow, number)
    parameters = read_parameters(version.parameters)
    return Query(
        version.sql, parameters, version.privacy, workflow.name, workflow.id, version.number
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
