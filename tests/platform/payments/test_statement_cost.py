"""What importing a statement costs: statements to the database do not grow with its lines."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from tests.platform.payments.statement_steps import HEADER, breaks, lines, upload
from tests.platform.payments.steps import announced, done

pytestmark = pytest.mark.usefixtures("adapter")
TODAY = utc_now().date()


@contextmanager
def counted() -> Iterator[list[str]]:
    """Every statement that is sent meanwhile."""
    sent: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def strangers(count: int) -> str:
    """Lines that nobody knows: each of them opens a break."""
    mark = new_id().hex
    return HEADER + "".join(
        f"{TODAY},EUR,{100 + number},nobodys-{mark}-{number},,{mark}-{number}\n"
        for number in range(count)
    )


async def test_a_long_statement_takes_as_many_statements_as_a_short_one(
    database: Database, tenant: Context
) -> None:
    with counted() as few:
        assert (await upload(database, tenant, strangers(2))).reconciled is not None
    with counted() as many:
        answer = await upload(database, tenant, strangers(450))
    assert answer.reconciled is not None
    assert answer.reconciled.opened == 450
    assert len(many) <= len(few) + 2, many
    told = [p for name, p in await announced(database, tenant) if name.endswith("opened.v1")]
    assert len({each["break_id"] for each in told}) == len(told) == 452
    found = await breaks(database, tenant)
    assert {str(each.id) for each in found} == {each["break_id"] for each in told}


async def test_matches_and_later_matches_are_booked_together(
    database: Database, tenant: Context
) -> None:
    taken = [await done(database, tenant, "capture", amount=1_000 + n) for n in range(6)]
    row = "{on},EUR,{amount},{reference},,{id}\n"
    mark = new_id().hex

    def csv(found: Any, days: int = 0) -> str:
        return HEADER + "".join(
            row.format(
                on=TODAY + timedelta(days=days),
                amount=each.amount_minor,
                reference=each.provider_reference,
                id=f"{mark}-{each.amount_minor}",
            )
            for each in found
        )

    later = HEADER + f"{TODAY + timedelta(days=2)},EUR,1,{mark},,{mark}\n"
    first = await upload(database, tenant, csv(taken[:2]) + later.removeprefix(HEADER))
    assert first.reconciled is not None
    assert (first.reconciled.matched, first.reconciled.opened) == (2, 5), "four are missing"
    with counted() as sent:
        second = await upload(database, tenant, csv(taken[2:]))
    assert second.reconciled is not None
    assert (second.reconciled.matched, second.reconciled.settled) == (4, 4)
    assert sum("reconciliation_break" in each and "update" in each.lower() for each in sent) <= 3
    states = sorted((each.kind, each.state) for each in await breaks(database, tenant))
    assert states == [
        *[("missing_at_provider", "resolved")] * 4, ("missing_with_us", "open"),
    ]  # fmt: skip
    assert [each.match_state for each in await lines(database, tenant)].count("matched") == 6
