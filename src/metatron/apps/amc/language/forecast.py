"""Which columns of a result may vanish, and why, before anything is run."""

from dataclasses import dataclass
from typing import Any

from metatron.apps.amc.language.binding import Bound
from metatron.apps.amc.language.findings import Report
from metatron.apps.amc.schema.facts import Facts, Level


@dataclass(frozen=True, slots=True)
class Forecast:
    """One column of the output. `users` is what its rows need; None: it may never leave."""

    column: str
    type: str
    level: Level
    users: int | None
    origins: tuple[str, ...]
    why: str

    def as_json(self) -> dict[str, Any]:
        """Return it as an editor takes it."""
        return {
            "column": self.column,
            "type": self.type,
            "threshold": self.level.name,
            "users": self.users,
            "from": list(self.origins),
            "why": self.why,
        }


def forecast(
    bound: Bound, facts: Facts, report: Report, *, controls: bool = True
) -> list[Forecast]:
    """Return what each column of the output needs; without `controls` all of it stays."""
    found = []
    for field in bound.output.fields.values():
        report.go_on()
        users = facts.thresholds[field.level].min_users if controls else 1
        origins = tuple(sorted(field.origins))
        tables = sorted(
            {bound.output.paths[path] for path in field.paths if path in bound.output.paths}
        )
        found.append(
            Forecast(
                field.name, field.type, field.level, users, origins, _why(users, origins, tables)
            )
        )
    return found


def _why(users: int | None, origins: tuple[str, ...], tables: list[str]) -> str:
    if users is None:
        return f"{', '.join(origins)} never leaves AMC"
    if users == 1:
        return "stays"
    sources = " and ".join(tables) or "the query"
    return f"vanishes where a row has fewer than {users} users of {sources}"
