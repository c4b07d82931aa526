"""Who took a campaign's steps, for the organisation's own people."""

from typing import Any
from uuid import UUID

import orjson

from metatron.apps.campaigns.machine.transitions import find_step
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.direct import BOUND

# Bound to the organisation: where it has erased somebody, it reads no name.
_NAMES = f"""{BOUND} select coalesce(json_object_agg(p.id, p.display_name), '{{}}')::text
from bound, lateral (
  select u.id, u.display_name from identity.pub_user u
  where bound.t is not null and u.id = any($2::uuid[]) limit 1000) p
"""


async def name_actors(
    database: Database, context: Context, steps: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the steps with their labels, the role that may take each, and who took it by name.

    People are kept in the home database, wherever the organisation's own rows are.
    """
    ids = {step["actor_id"] for step in steps if step["actor_kind"] == "user"} - {None}
    found = await database.home.json(context, _NAMES, [UUID(each) for each in ids]) if ids else None
    names = orjson.loads(found or b"{}")
    return [step | _words(step) | {"actor_name": names.get(step["actor_id"])} for step in steps]


def _words(step: dict[str, Any]) -> dict[str, str]:
    known = find_step("campaign", step["name"], step["from_state"])
    if known is None:
        return {"label": step["name"].replace("_", " ").capitalize(), "actor": step["actor_kind"]}
    return {"label": known.label, "actor": known.actor}
