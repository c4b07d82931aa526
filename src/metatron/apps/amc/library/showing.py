"""Answers of the library as a transaction leaves them."""

import asyncio
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from starlette.responses import Response

from metatron.apps.amc.connections.grants import viewer_of
from metatron.apps.amc.declarations import Parameter, as_rows
from metatron.apps.amc.edge import answer_json
from metatron.apps.amc.library import queries
from metatron.apps.amc.library.schemas import WorkflowBody
from metatron.kernel.http.unit import UnitOfWork

_NOW = text(queries.WORKFLOW_NOW)


async def show_workflow_of(unit: UnitOfWork, workflow_id: UUID, *, status: int = 200) -> Response:
    """Return a workflow with its entity tag."""
    values = {
        "actor": unit.context.actor_id, "tenant_id": unit.context.tenant_id,
        "workflow_id": workflow_id, "viewer": viewer_of(unit.context),
    }  # fmt: skip
    found = (await unit.session.execute(_NOW, values)).scalar_one()
    return answer_json(found.encode(), status=status, version=orjson.loads(found)["version"])


async def text_of(body: WorkflowBody, kept: list[dict[str, Any]] | None) -> dict[str, Any]:
    """Return what a body says of the text, in AMC's own notation, as a version holds it.

    `kept` are the parameters of the version before; None finds them in the query.
    """
    given: dict[str, Any] = {} if body.privacy is None else {"privacy": body.privacy}
    if body.parameters is not None:
        given["parameters"] = as_rows(body.parameters)
    if body.sql is None:
        return given
    declared = body.parameters
    if declared is None and kept is not None:
        declared = tuple(Parameter.model_validate(each) for each in kept)
    found = await asyncio.to_thread(_detected, body.sql, declared or ())
    given["sql"] = found.sql
    # A list somebody wrote is not lengthened by guesses, but by what a conversion brought in.
    if body.parameters is None or found.sql != body.sql:
        given["parameters"] = as_rows(found.parameters)
    return given


def _detected(sql: str, declared: tuple[Parameter, ...]) -> Any:
    from metatron.apps.amc.library.detection import detect  # noqa: PLC0415

    return detect(sql, declared)
