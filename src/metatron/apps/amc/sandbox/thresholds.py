"""The aggregation thresholds, exactly: rows and values with too few users do not leave."""

from dataclasses import dataclass
from enum import StrEnum

from metatron.apps.amc.language.fields import Field
from metatron.apps.amc.sandbox.people import MOST, Kind, counted
from metatron.apps.amc.schema.facts import Facts, Level


class Filtering(StrEnum):
    """What happens to what too few users stand behind."""

    REMOVE_ROWS = "REMOVE_ROWS"
    REMOVE_VALUES = "REMOVE_VALUES"


@dataclass(frozen=True, slots=True)
class Privacy:
    """How a result is filtered, and the columns that tell about it when they are named.

    `enforced` false is AMC's `disableAggregationControls`: made-up data only.
    """

    filtering: Filtering = Filtering.REMOVE_ROWS
    discriminator_column: str | None = None
    users_column: str | None = None
    reason_column: str | None = None
    enforced: bool = True


def needed(fields: list[Field], facts: Facts) -> int:
    """Return how many users the strictest column asks for."""
    return max((facts.thresholds[each.level].min_users or MOST for each in fields), default=1)


def filtered(
    inner: str, fields: list[Field], tables: dict[int, str], kinds: dict[int, Kind],
    facts: Facts, privacy: Privacy,
) -> str:  # fmt: skip
    """Return the query over `inner` that lets out what may leave.

    A path that brought no user to a row is not held against a row another path brought users to.
    """
    users = {path: f"__c{path}" for path in kinds}
    counts = ", ".join(f"{counted(path, kind)} as {users[path]}" for path, kind in kinds.items())
    rows = f"select *, {counts} from ({inner}) as __rows" if counts else inner
    fails = [_fails(each, users, facts) for each in fields]
    failing = " or ".join(f"({each})" for each in fails if each) or "false"
    if privacy.filtering is Filtering.REMOVE_ROWS:
        shown = [_name(each.name) for each in fields]
        shown += _told(privacy, "false", users, fields, tables, facts, removed=False)
        return f"select {', '.join(shown)} from ({rows}) as __counted where not ({failing})"
    values = [
        f"case when {fail} then null else {_name(each.name)} end as {_name(each.name)}"
        if fail
        else _name(each.name)
        for each, fail in zip(fields, fails, strict=True)
    ]
    values += _told(privacy, failing, users, fields, tables, facts, removed=True)
    kept = f"select {', '.join(values)} from ({rows}) as __counted"
    return _summed(kept, fields, privacy)


def _summed(kept: str, fields: list[Field], privacy: Privacy) -> str:
    """Rows that lost what told them apart become one: their metrics are added up."""
    metrics = [each for each in fields if each.metric and each.level is Level.NONE]
    if not metrics:
        return kept
    shown, keys = [], []
    for each in fields:
        name = _name(each.name)
        if each in metrics:
            shown.append(f"sum({name}) as {name}")
        else:
            shown.append(name)
            keys.append(name)
    for column, how in (
        (privacy.discriminator_column, None),
        (privacy.users_column, "min"),
        (privacy.reason_column, "min"),
    ):
        if column and how:
            shown.append(f"{how}({_name(column)}) as {_name(column)}")
        elif column:
            shown.append(_name(column))
            keys.append(_name(column))
    grouped = f" group by {', '.join(keys)}" if keys else ""
    return f"select {', '.join(shown)} from ({kept}) as __kept{grouped}"


def _fails(each: Field, users: dict[int, str], facts: Facts) -> str:
    paths = [users[path] for path in sorted(each.paths) if path in users]
    if not paths:
        return ""
    least = facts.thresholds[each.level].min_users or MOST
    nobody = f"{' + '.join(paths)} = 0"
    few = [f"{path} between 1 and {least - 1}" for path in paths if least > 1]
    return " or ".join([nobody, *few])


def _told(
    privacy: Privacy, failing: str, users: dict[int, str], fields: list[Field],
    tables: dict[int, str], facts: Facts, *, removed: bool,
) -> list[str]:  # fmt: skip
    told = []
    if privacy.discriminator_column:
        told.append(f"({failing}) as {_name(privacy.discriminator_column)}")
    if privacy.users_column:
        most = 2 if needed(fields, facts) <= 2 else MOST
        # A path without users says nothing about a row others brought users to.
        present = ", ".join(f"nullif({each}, 0)" for each in users.values())
        least = f"coalesce(least({present}), 0)" if present else "0"
        told.append(f"least({least}, {most}) as {_name(privacy.users_column)}")
    if privacy.reason_column:
        reason = _reason(users, fields, tables, facts) if removed else "null::varchar"
        told.append(f"{reason} as {_name(privacy.reason_column)}")
    return told


def _reason(
    users: dict[int, str], fields: list[Field], tables: dict[int, str], facts: Facts
) -> str:
    reasons = []
    for path, count in users.items():
        asking = [each for each in fields if path in each.paths]
        least = needed(asking, facts) if asking else 1
        same = [each for each in users if tables[each] == tables[path]]
        which = f" (path {same.index(path) + 1} of {len(same)})" if len(same) > 1 else ""
        table = tables[path]
        total = " + ".join(users.values())
        condition = (
            f"({count} between 1 and {least - 1}) or ({total} = 0)" if least > 1 else f"{total} = 0"
        )
        says = f"concat({count}, ' ''{table}''{which} users < {least} required')"
        reasons.append(f"case when {condition} then {says} end")
    return f"nullif(concat_ws('; ', {', '.join(reasons)}), '')" if reasons else "null::varchar"


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
