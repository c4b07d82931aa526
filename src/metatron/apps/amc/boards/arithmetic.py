"""What measures come to over segments and clients, and how that has changed.

A ratio is the ratio of sums, never a mean of ratios. People are not added up: over several
segments, clients or rows the same ones would be counted again. A change from nothing is no number.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from typing import Literal
from uuid import UUID

from metatron.apps.amc.boards.measures import Figures, Measure

DIGITS = 60
HUNDRED = Decimal(100)
_UNADDED: dict[str, Literal["reach", "rate"]] = {"distinct": "reach", "last": "rate"}


@dataclass(frozen=True, slots=True)
class Change:
    """How far a total is from what it is compared with; `value` is in per cent."""

    kind: Literal["percent", "new", "none"]
    value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Worth:
    """A measure's value, or why there is none."""

    value: Decimal | None = None
    reason: Literal["reach", "rate"] | None = field(default=None)


def worth(measure: Measure, held: Sequence[Figures]) -> Worth:
    """Return what a measure comes to over figures of segments, each of one client."""
    with localcontext(prec=DIGITS):
        value = _VALUES[measure.kind](measure, held)
    reason = _UNADDED.get(measure.kind)
    if value is None and reason is not None and any(_has(measure, each) for each in held):
        return Worth(None, reason)
    return Worth(value)


def change(total: Decimal | None, base: Decimal | None) -> Change:
    """Compare: from 0 to something is new, and what is unknown is compared with nothing."""
    if total is None or base is None or (total == 0 and base == 0):
        return Change("none")
    if base == 0:
        return Change("new")
    with localcontext(prec=DIGITS):
        return Change("percent", (total - base) / abs(base) * HUNDRED)


def total_of(column: str | None, held: Sequence[Figures]) -> Decimal | None:
    """Return the sum of a column, None when it has no value anywhere."""
    sums = [each.sum_of(column) for each in held]
    known = [each for each in sums if each is not None]
    return sum(known, Decimal(0)) if known else None


def _has(measure: Measure, held: Figures) -> bool:
    return held.count_of(measure.column) > 0


def _sum(measure: Measure, held: Sequence[Figures]) -> Decimal | None:
    return total_of(measure.column, held)


def _ratio(measure: Measure, held: Sequence[Figures]) -> Decimal | None:
    above, below = total_of(measure.numerator, held), total_of(measure.denominator, held)
    if above is None or not below:
        return None
    return above / below * measure.scale


def _distinct(measure: Measure, held: Sequence[Figures]) -> Decimal | None:
    return _only(measure, held[0]) if len(held) == 1 else None


def _last(measure: Measure, held: Sequence[Figures]) -> Decimal | None:
    clients: set[UUID] = {each.instance_id for each in held}
    if len(clients) != 1:
        return None
    return _only(measure, max(held, key=lambda each: each.start))


def _only(measure: Measure, held: Figures) -> Decimal | None:
    return held.sum_of(measure.column) if held.count_of(measure.column) == 1 else None


def _minimum(measure: Measure, held: Sequence[Figures]) -> Decimal | None:
    known = [each for each in (one.least_of(measure.column) for one in held) if each is not None]
    return min(known, default=None)


def _maximum(measure: Measure, held: Sequence[Figures]) -> Decimal | None:
    known = [each for each in (one.most_of(measure.column) for one in held) if each is not None]
    return max(known, default=None)


_VALUES = {
    "sum": _sum, "ratio": _ratio, "distinct": _distinct, "last": _last, "minimum": _minimum,
    "maximum": _maximum,
}  # fmt: skip
