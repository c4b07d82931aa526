"""`/admin/configuration`: typed settings changed while the installation runs, by versions."""

from typing import Annotated, Any

from fastapi import Header, Query
from starlette.requests import Request
from starlette.responses import Response

from metatron.kernel.errors import VersionConflict
from metatron.kernel.etag import etag
from metatron.kernel.http.access import operator
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Unit, Who
from metatron.kernel.settings import Settings
from metatron.platform.console.changeable import CHANGEABLE, Value, started_with
from metatron.platform.console.configuration import (
    change_configuration,
    difference,
    listed_versions,
    newest,
)
from metatron.platform.console.configuration_schemas import (
    ConfigurationChange,
    ConfigurationState,
    ConfigurationVersions,
    SettingDifferences,
)
from metatron.platform.console.taking_up import Configuration
from metatron.platform.tenancy.interface import ScopeTooNarrow, demand_everything

router = Router(door="system", prefix="/admin/configuration", tags=["admin"])
READ, WRITE = "settings:read", "settings:write"


@router.get("")
@operator(READ, raises=(ScopeTooNarrow,))
async def get_configuration(
    request: Request, response: Response, database: Db, context: Who
) -> ConfigurationState:
    """Show what may be changed while the installation runs; for operators over everything."""
    await demand_everything(database, context, READ)
    version, chosen = await newest(database.system)
    response.headers["etag"] = etag(version)
    return _state(_configuration(request), version, chosen)


@router.get("/versions")
@operator(READ, raises=(ScopeTooNarrow,))
async def get_configuration_versions(
    database: Db, context: Who, *, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> ConfigurationVersions:
    """List the changes there were, the newest first."""
    await demand_everything(database, context, READ)
    found = await listed_versions(database.system, limit=limit)
    return ConfigurationVersions.model_validate({"items": found})


@router.post("/difference")
@operator(WRITE, raises=(ScopeTooNarrow,))
async def post_configuration_difference(
    request: Request, body: ConfigurationChange, database: Db, context: Who
) -> SettingDifferences:
    """Show what a change would change, and change nothing."""
    await demand_everything(database, context, WRITE)
    _, chosen = await newest(database.system)
    return SettingDifferences.model_validate({"items": _difference(request, chosen, body)})


@router.patch("")
@operator(WRITE, raises=(ScopeTooNarrow, VersionConflict))
async def patch_configuration(
    request: Request,
    response: Response,
    body: ConfigurationChange,
    *,
    database: Db,
    unit: Unit,
    if_match: Annotated[str | None, Header()] = None,
) -> ConfigurationState:
    """Change settings; every process takes them up within seconds."""
    await demand_everything(database, unit.context, WRITE)
    current = await newest(database.system)
    changes = _difference(request, current[1], body)
    back = set(body.back_to_start)
    version = await change_configuration(
        unit.session, unit.context, current=current, changes=changes, back=back,
        reason=body.reason.strip(), if_match=if_match, now=unit.now,
    )  # fmt: skip
    kept = current[1] | {change["name"]: change["after"] for change in changes}
    response.headers["etag"] = etag(version)
    chosen = {name: value for name, value in kept.items() if name not in back}
    return _state(_configuration(request), version, chosen)


def _difference(
    request: Request, chosen: dict[str, Value], body: ConfigurationChange
) -> list[dict[str, Any]]:
    started = _configuration(request).started
    return difference(chosen, started, body.changes, set(body.back_to_start))


def _configuration(request: Request) -> Configuration:
    configuration: Configuration = request.app.state.configuration
    return configuration


def _state(
    configuration: Configuration, version: int, chosen: dict[str, Value]
) -> ConfigurationState:
    defaults = started_with(Settings.model_construct())
    items = []
    for setting in CHANGEABLE:
        started, default = configuration.started[setting.name], defaults[setting.name]
        source = "default" if started == default else "environment"
        items.append(
            {
                **{n: getattr(setting, n) for n in ("name", "title", "hint", "kind", "unit")},
                **{n: getattr(setting, n) for n in ("least", "most", "may_be_unbounded")},
                "default": default,
                "started_with": started,
                "value": chosen.get(setting.name, started),
                "source": "console" if setting.name in chosen else source,
            }
        )
    shown = {"version": version, "in_force": configuration.version, "items": items}
    return ConfigurationState.model_validate(shown)
