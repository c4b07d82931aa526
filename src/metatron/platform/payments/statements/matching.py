"""Which of our movements a statement line is, or what is wrong with it; pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

type BreakKind = Literal[
    "missing_at_provider",
    "missing_with_us",
    "amount_differs",
    "duplicate_line",
    "wrong_sign",
    "currency_differs",
]

NEAR_DAYS = 5
"""How far value date and movement may lie apart when no reference ties them together."""


@dataclass(frozen=True, slots=True)
class Movement:
    """Money that should stand on a statement; `amount_minor` is signed, in minor units.

    `is_claimed`: a line stands for it already. What is not `is_certain` may have lines, such as
    a refund that has not been decided, or that failed after it had been booked.
    """

    kind: str
    id: UUID
    part: str
    reference: str | None
    amount_minor: int
    currency: str
    occurred_on: date
    is_certain: bool
    is_claimed: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A statement line that no movement has been found for yet."""

    id: UUID
    reference: str | None
    kind: str | None
    amount_minor: int
    currency: str
    value_on: date


@dataclass(frozen=True, slots=True)
class Difference:
    """What is wrong with a line, and the movement it may have been meant for."""

    kind: BreakKind
    movement: Movement | None = None


def decide(line: Line, known: Sequence[Movement]) -> Movement | Difference:
    """Return the movement that the line stands for, or the difference.

    `known` are the movements with the line's reference; for a line without one, or with one that
    nobody here knows, those of its amount, currency and about its date. By reference the value
    date does not count: banks value a booking in another month than ours.
    """
    by_reference = [one for one in known if line.reference and one.reference == line.reference]
    if not by_reference:
        return _by_amount(line, known)
    fitting = [one for one in by_reference if line.kind in {None, one.part}]
    free = [one for one in fitting if not one.is_claimed]
    same = [one for one in fitting if _is_same(line, one)]
    if any(not one.is_claimed for one in same):
        return _nearest(line, [one for one in same if not one.is_claimed])
    if same:
        return Difference("duplicate_line", same[0])
    return _difference(line, free)


def _difference(line: Line, free: Sequence[Movement]) -> Difference:
    """Say what is wrong with a line that no movement of its reference fits."""
    own_currency = [one for one in free if one.currency == line.currency]
    for one in own_currency:
        if one.amount_minor == -line.amount_minor:
            return Difference("wrong_sign", one)
    for one in own_currency:
        if (one.amount_minor > 0) == (line.amount_minor > 0):
            return Difference("amount_differs", one)
    if free and not own_currency:
        return Difference("currency_differs", free[0])
    return Difference("missing_with_us")


def _by_amount(line: Line, known: Sequence[Movement]) -> Movement | Difference:
    """Without a common reference only the one movement that it can be is taken for it."""
    if line.reference and line.kind is not None:
        return Difference("missing_with_us")
    near = [
        one
        for one in known
        if _is_same(line, one)
        and not one.is_claimed
        and one.is_certain
        and line.kind in {None, one.part}
        and abs((one.occurred_on - line.value_on).days) <= NEAR_DAYS
    ]
    return near[0] if len(near) == 1 else Difference("missing_with_us")


def _is_same(line: Line, one: Movement) -> bool:
    return one.amount_minor == line.amount_minor and one.currency == line.currency


def _nearest(line: Line, free: Sequence[Movement]) -> Movement:
    return min(free, key=lambda one: (abs((one.occurred_on - line.value_on).days), one.id))
