"""Who took a campaign's steps, for the organisation's own people."""

from typing import Any
from uuid import UUID

from metatron.apps.campaigns.machine.transitions import find_step
from metatron.kernel.database.database import Database

_NAMES = "select id, display_name from identity.pub_user where id = any($1::uuid[])"


async def name_actors(database: Database, steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the steps with their labels, the role that may take each, and who took it by name.

    People are kept in the home database, wherever the organisation's own rows are.
    """
    ids = {step["actor_id"] for step in steps if step["actor_kind"] == "user"} - {None}
    rows = await database.system.fetch(_NAMES, [UUID(each) for each in ids]) if ids else []
    names = {str(row["id"]): row["display_name"] for row in rows}
    return [step | _words(step) | {"actor_name": names.get(step["actor_id"])} for step in steps]


def _words(step: dict[str, Any]) -> dict[str, str]:
    known = find_step("campaign", step["name"], step["from_state"])
    if known is None:
        return {"label": step["name"].replace("_", " ").capitalize(), "actor": step["actor_kind"]}
    return {"label": known.label, "actor": known.actor}
