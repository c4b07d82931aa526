"""Which movement a line is; the table of everything that can be wrong with one."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from metatron.kernel.ids import new_id
from metatron.platform.payments.statements.matching import Difference, Line, Movement, decide

TAKEN = Movement(
    "instruction", new_id(), "capture", "auth_1", 1000, "EUR", date(2026, 9, 1),
    is_certain=True, is_claimed=False,
)  # fmt: skip


def line(**more: Any) -> Line:
    values = {
        "id": new_id(), "reference": "auth_1", "kind": "capture", "amount_minor": 1000,
        "currency": "EUR", "value_on": date(2026, 9, 1),
    }  # fmt: skip
    return Line(**(values | more))


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"amount_minor": 999}, "amount_differs"),
        ({"amount_minor": -1000}, "wrong_sign"),
        ({"currency": "USD"}, "currency_differs"),
        ({"amount_minor": -1}, "missing_with_us"),
        ({"kind": "fee", "amount_minor": -5}, "missing_with_us"),
        ({"reference": "auth_9"}, "missing_with_us"),
    ],
)
def test_what_is_wrong_with_a_line(given: dict[str, Any], kind: str) -> None:
    found = decide(line(**given), [TAKEN])
    assert isinstance(found, Difference)
    assert found.kind == kind


@pytest.mark.parametrize("value_on", [date(2026, 9, 1), date(2026, 10, 2), date(2025, 12, 31)])
def test_by_reference_the_value_date_does_not_count(value_on: date) -> None:
    assert decide(line(value_on=value_on), [TAKEN]) == TAKEN
    assert decide(line(kind=None, value_on=value_on), [TAKEN]) == TAKEN


def test_a_second_line_is_a_duplicate() -> None:
    claimed = replace(TAKEN, is_claimed=True)
    found = decide(line(), [claimed])
    assert found == Difference("duplicate_line", claimed)


def test_without_a_reference_only_the_one_it_can_be_is_taken() -> None:
    loose = line(reference=None, kind=None, value_on=date(2026, 9, 4))
    assert decide(loose, [TAKEN]) == TAKEN
    twin = replace(TAKEN, id=new_id(), reference="auth_2")
    assert decide(loose, [TAKEN, twin]) == Difference("missing_with_us")
    far = replace(loose, value_on=date(2026, 9, 20))
    assert decide(far, [TAKEN]) == Difference("missing_with_us")
    assert decide(loose, [replace(TAKEN, is_certain=False)]) == Difference("missing_with_us")


def test_of_several_the_nearest_is_taken() -> None:
    later = replace(TAKEN, id=new_id(), occurred_on=date(2026, 9, 9))
    assert decide(line(value_on=date(2026, 9, 8)), [TAKEN, later]) == later
