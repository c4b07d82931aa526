"""The aggregation thresholds, exactly: rows and values with too few users do not leave."""

from dataclasses import dataclass
from enum import StrEnum

from metatron.apps.amc.language.fields import Field
from metatron.apps.amc.sandbox.judging import Needs
from metatron.apps.amc.sandbox.people import MOST, Kind, counted
from metatron.apps.amc.schema.facts import Facts, Level

EQUIVALENT = 2
"""Equivalent users are counted to two: less means that one user has more than half."""


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


def needs_of(fields: list[Field], facts: Facts, privacy: Privacy) -> Needs:
    """Return what each path's strictest column asks for, and what becomes of rows without it."""
    by_path: dict[int, int] = {}
    for each in fields:
        for path in each.paths:
            by_path[path] = max(by_path.get(path, 1), needed([each], facts))
    removes = privacy.filtering is Filtering.REMOVE_ROWS
    return Needs(by_path, everywhere=privacy.users_column is not None, removes=removes)


@dataclass(frozen=True, slots=True)
class Filter:
    """Filters rows whose hidden columns, told by `kinds`, hold the users of each path.

    A path that brought no user to a row is not held against a row another path brought users to.
    Of the paths in `shared` the effective and the equivalent users of a row are told as well.
    """

    fields: list[Field]
    tables: dict[int, str]
    kinds: dict[int, Kind]
    facts: Facts
    privacy: Privacy
    shared: frozenset[int] = frozenset()

    def over(self, inner: str) -> str:
        """Return the query over `inner` that lets out what may leave."""
        counts = [f"{counted(path, kind)} as {_count(path)}" for path, kind in self.kinds.items()]
        rows = f"select {', '.join(['*', *counts])} from ({inner}) as __rows"
        fails = [self._fails(each) for each in self.fields]
        failing = " or ".join(f"({each})" for each in fails if each) or "false"
        if self.privacy.filtering is Filtering.REMOVE_ROWS:
            shown = [_name(each.name) for each in self.fields] + self._told("false")
            return f"select {', '.join(shown)} from ({rows}) as __counted where not ({failing})"
        # Metrics anybody may see stay: they are added up into what the row becomes.
        fails = [
            "" if _is_metric(each) else fail for each, fail in zip(self.fields, fails, strict=True)
        ]
        values = [
            _without(_name(each.name), fail) for each, fail in zip(self.fields, fails, strict=True)
        ]
        shown = values + self._told(failing)
        return self._summed(f"select {', '.join(shown)} from ({rows}) as __counted")

    def _least(self, each: Field) -> int:
        return self.facts.thresholds[each.level].min_users or MOST

    def _fails(self, each: Field) -> str:
        users = [_count(path) for path in sorted(each.paths) if path in self.kinds]
        if not users:
            return ""
        least = self._least(each)
        few = [f"{count} between 1 and {least - 1}" for count in users if least > 1]
        for path in sorted(each.paths & self.shared) if least > 1 else ():
            few += [self._too_few(path, least), self._too_alike(path)]
        return " or ".join([f"{' + '.join(users)} = 0", *few])

    @staticmethod
    def _too_few(path: int, least: int) -> str:
        """Too few users have a part in every metric; null where nobody had to look."""
        return f"({_count(path)} > 0 and coalesce(__e{path} < {least}, false))"

    @staticmethod
    def _too_alike(path: int) -> str:
        """One user has more than half of a metric."""
        return f"({_count(path)} > 0 and coalesce(__q{path} < {EQUIVALENT}, false))"

    def _told(self, failing: str) -> list[str]:
        """Return the columns that tell what was filtered, those that are asked for."""
        told, privacy = [], self.privacy
        if privacy.discriminator_column:
            told.append(f"({failing}) as {_name(privacy.discriminator_column)}")
        if privacy.users_column:
            most = 2 if needed(self.fields, self.facts) <= 2 else MOST
            told.append(f"{self._users(most)} as {_name(privacy.users_column)}")
        if privacy.reason_column:
            reason = "null::varchar" if failing == "false" else self._reason()
            told.append(f"{reason} as {_name(privacy.reason_column)}")
        return told

    def _users(self, most: int) -> str:
        """The fewest users of a path that has any; null where the query reads of no people."""
        if not self.kinds:
            return "null::bigint"
        counts = [f"nullif({_count(path)}, 0)" for path in self.kinds]
        counts += [f"case when {_count(path)} > 0 then __e{path} end" for path in self.shared]
        return f"least(coalesce(least({', '.join(counts)}), 0), {most})"

    def _reason(self) -> str:
        """The first reason that holds: standard counts before the others, low ones before high."""
        total = " + ".join(_count(path) for path in self.kinds)
        reasons = []
        for path in self.kinds:
            count = _count(path)
            least = max(
                (self._least(each) for each in self.fields if path in each.paths), default=1
            )
            few = f"{count} between 1 and {least - 1} or {total} = 0"
            reasons.append((0, least, path, few, self._says(path, count, "", least)))
            if path in self.shared and least > 1:
                users = f"least(__e{path}, {MOST})"
                few, alike = self._too_few(path, least), self._too_alike(path)
                reasons += [
                    (1, least, path, few, self._says(path, users, "effective ", least)),
                    (2, EQUIVALENT, path, alike,
                     self._says(path, f"__q{path}", "equivalent ", EQUIVALENT)),
                ]  # fmt: skip
        cases = "".join(f" when {few} then {says}" for *_, few, says in sorted(reasons))
        return f"case{cases} else null::varchar end" if reasons else "null::varchar"

    def _says(self, path: int, count: str, kind: str, least: int) -> str:
        table = self.tables[path]
        same = [each for each in self.kinds if self.tables[each] == table]
        which = f" (path {same.index(path) + 1} of {len(same)})" if len(same) > 1 else ""
        return f"concat({count}, ' ''{table}''{which} {kind}users < {least} required')"

    def _summed(self, kept: str) -> str:
        """Rows that lost what told them apart become one: their metrics are added up."""
        privacy = self.privacy
        if not any(_is_metric(each) for each in self.fields):
            return kept
        keys = [_name(each.name) for each in self.fields if not _is_metric(each)]
        shown = [
            f"sum({_name(each.name)}) as {_name(each.name)}"
            if _is_metric(each)
            else _name(each.name)
            for each in self.fields
        ]
        if privacy.discriminator_column:
            keys.append(_name(privacy.discriminator_column))
            shown.append(_name(privacy.discriminator_column))
        told = [each for each in (privacy.users_column, privacy.reason_column) if each]
        shown += [f"min({_name(column)}) as {_name(column)}" for column in told]
        grouped = f" group by {', '.join(keys)}" if keys else ""
        return f"select {', '.join(shown)} from ({kept}) as __kept{grouped}"


def _without(name: str, fail: str) -> str:
    return f"case when {fail} then null else {name} end as {name}" if fail else name


def _is_metric(each: Field) -> bool:
    return each.metric and each.level is Level.NONE


def _count(path: int) -> str:
    return f"__c{path}"


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
