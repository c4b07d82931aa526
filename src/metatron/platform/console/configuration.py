"""Configuration while the installation runs: versions, each with who, when and what changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.errors import FieldError, InvalidInput, VersionConflict
from metatron.kernel.etag import check_if_match
from metatron.kernel.events.event import publish
from metatron.kernel.ids import PLATFORM_TENANT_ID
from metatron.platform.console.changeable import BY_NAME, Value, out_of_order, what_fits
from metatron.platform.console.events import ConfigurationChanged

CHANNEL = "metatron_configuration"
"""Every process listens; the payload is the new version."""
_NEWEST = "select version, chosen from console.configuration order by version desc limit 1"
_ADD = text("""
insert into console.configuration
  (version, chosen, changes, reason, actor_kind, changed_by, changed_at)
values (:version, cast(:chosen as jsonb), cast(:changes as jsonb), :reason, :actor_kind,
  :changed_by, :now)
""")
_TELL = text("select pg_notify(:channel, :payload)")
_VERSIONS = """
select coalesce(json_agg(v.item order by v.version desc), '[]')::text from (
  select c.version, json_build_object('id', c.version, 'changed_at', c.changed_at,
    'actor_kind', c.actor_kind, 'changed_by', u.display_name, 'reason', c.reason,
    'changes', c.changes) item
  from console.configuration c left join identity.pub_user u on u.id = c.changed_by
  order by c.version desc limit $1) v
"""


async def newest(pool: Any) -> tuple[int, dict[str, Value]]:
    """Return the newest version and what it chose; 0 and nothing before the first."""
    row = await pool.fetchrow(_NEWEST)
    return (0, {}) if row is None else (row["version"], orjson.loads(row["chosen"]))


def difference(
    chosen: Mapping[str, Value],
    started: Mapping[str, Value],
    changes: Mapping[str, Value],
    back: set[str],
) -> list[dict[str, Any]]:
    """Return what would change: name, before and after.

    Args:
        chosen: the newest version.
        started: what processes are started with.
        changes: new values by name.
        back: names that go back to what processes are started with.

    Raises:
        InvalidInput: an unknown name, a value out of bounds, or a card that would turn red before
            amber; each is named.
    """
    faults = [
        FieldError(f"body.back_to_start.{name}", "unknown_setting", "There is no such setting.")
        for name in sorted(back - BY_NAME.keys())
    ]
    for name, value in changes.items():
        setting = BY_NAME.get(name)
        hint = "There is no such setting." if setting is None else setting.fault(value)
        if hint is not None:
            kind = "unknown_setting" if setting is None else "out_of_bounds"
            faults.append(FieldError(f"body.changes.{name}", kind, hint))
    if faults:
        raise InvalidInput(errors=tuple(faults))
    wanted = {**changes, **{name: started[name] for name in back}}
    faults = [
        FieldError(f"body.{_place(name, back)}", "red_before_amber", "Amber comes before red.")
        for name in out_of_order({**started, **what_fits(chosen), **wanted})
        if name in wanted
    ]
    if faults:
        raise InvalidInput(errors=tuple(faults))
    found = []
    for name, after in wanted.items():
        before = chosen.get(name, started[name])
        if before != after or (name in back and name in chosen):
            found.append({"name": name, "before": before, "after": after})
    return found


def _place(name: str, back: set[str]) -> str:
    return f"{'back_to_start' if name in back else 'changes'}.{name}"


async def change_configuration(
    session: AsyncSession,
    context: Context,
    *,
    current: tuple[int, Mapping[str, Value]],
    changes: list[dict[str, Any]],
    back: set[str],
    reason: str,
    if_match: str | None,
    now: datetime,
) -> int:
    """Add a version and tell every process; returns its number, or the current one for no change.

    Args:
        session: a transaction of the system role.
        context: the operator, in the platform's tenant.
        current: the newest version and what it chose.
        changes: what `difference` found.
        back: as in `difference`.
        reason: why, in the operator's words; may be empty.
        if_match: the version it was read at.
        now: the instant on the real clock.

    Raises:
        VersionConflict: somebody has changed it since.
    """
    version, chosen = current
    check_if_match(if_match, version)
    if not changes:
        return version
    kept = {**chosen, **{change["name"]: change["after"] for change in changes}}
    row = {
        "version": version + 1,
        "chosen": orjson.dumps({n: v for n, v in kept.items() if n not in back}).decode(),
        "changes": orjson.dumps(changes).decode(),
        "reason": reason, "actor_kind": context.actor_kind, "changed_by": context.actor_id,
        "now": now,
    }  # fmt: skip
    try:
        await session.execute(_ADD, row)
    except IntegrityError as error:
        raise VersionConflict from error
    await session.execute(_TELL, {"channel": CHANNEL, "payload": str(version + 1)})
    event = ConfigurationChanged(
        aggregate_id=PLATFORM_TENANT_ID,
        version=version + 1,
        fields=[change["name"] for change in changes],
    )
    await publish(session, context, event, now=now)
    return version + 1


async def listed_versions(pool: Any, *, limit: int) -> list[dict[str, Any]]:
    """Return the newest versions with who, when, why and what changed."""
    found: list[dict[str, Any]] = orjson.loads(await pool.fetchval(_VERSIONS, limit))
    return found
