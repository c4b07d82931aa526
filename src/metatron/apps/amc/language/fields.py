"""What is known about a column on its way through a query."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from metatron.apps.amc.schema.facts import Level

NONE: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Field:
    """A value: its guard, where it came from, and which paths' users stand behind it.

    A path is one reading of a table; `person` names the paths whose user this value is.
    `literal` is true of a value made of literals and parameters alone. `heads` is true of what a
    count of different people went into: such figures are never added up.
    """

    name: str = ""
    type: str = "ANY"
    level: Level = Level.NONE
    origins: frozenset[str] = frozenset()
    paths: frozenset[int] = NONE
    person: frozenset[int] = NONE
    literal: bool = False
    unit: str | None = None
    identifier: str | None = None
    rank: bool = False
    metric: bool = False
    heads: bool = False

    def named(self, name: str) -> "Field":
        """Return the same value under another name."""
        return replace(self, name=name)


@dataclass(slots=True)
class Relation:
    """Rows: their fields by lower-case name, their paths (number to table), and what a row is.

    `single` holds the paths of which a row carries one user at most.
    """

    fields: Mapping[str, Field] = field(default_factory=dict)
    paths: dict[int, str] = field(default_factory=dict)
    single: frozenset[int] = NONE
    aggregated: bool = False
    base: str | None = None
    renamed: dict[int, int] = field(default_factory=dict)
    """Where the rows are a named query read again: the number a path has there."""


def combined(fields: Iterable[Field], *, type: str | None = None) -> Field:  # noqa: A002
    """Return what an expression over `fields` carries."""
    parts = list(fields)
    units = {each.unit for each in parts if not each.literal}
    types = [each.type for each in sorted(parts, key=lambda each: each.literal)]
    return Field(
        type=type or next((each for each in types if each != "ANY"), "ANY"),
        level=max((each.level for each in parts), default=Level.NONE),
        origins=frozenset().union(*(each.origins for each in parts)),
        paths=frozenset().union(*(each.paths for each in parts)),
        literal=all(each.literal for each in parts),
        unit=units.pop() if len(units) == 1 else None,
        metric=any(each.metric for each in parts),
        heads=any(each.heads for each in parts),
    )


def tested(fields: Iterable[Field]) -> Field:
    """Return what a yes or no about `fields` carries: an id that was compared is not told."""
    answer = combined(fields, type="BOOLEAN")
    level = answer.level if answer.level <= Level.HIGH else Level.NONE
    return replace(answer, level=level, unit=None, literal=False, metric=False,
                   heads=False)  # fmt: skip
