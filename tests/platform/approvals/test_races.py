"""Many hands at once on one request: one decision, one effect."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

import pytest

from metatron.kernel.errors import DomainError
from metatron.kernel.ids import new_id
from tests.platform.approvals.office import Office

ROUNDS = 8


async def _race(*attempts: Awaitable[Any]) -> list[Any]:
    return await asyncio.gather(*attempts, return_exceptions=True)


def _codes(outcomes: list[Any]) -> list[str]:
    assert all(not isinstance(o, BaseException) or isinstance(o, DomainError) for o in outcomes)
    return sorted(o.code for o in outcomes if isinstance(o, DomainError))


async def test_two_approvers_at_once(office: Office) -> None:
    for _ in range(ROUNDS):
        asked = await office.ask(office.person())
        outcomes = await _race(
            *(office.approve(office.person(), asked.id) for _ in range(3)),
            office.reject(office.person(), asked.id),
        )
        assert _codes(outcomes) == ["approval_closed"] * 3
        row = await office.row(asked.id)
        assert (await office.deeds()).count(str(asked.id)) == (row.state == "approved")


async def test_approval_against_withdrawal(office: Office) -> None:
    seen = set()
    for turn in range(ROUNDS):
        asker = office.person()
        asked = await office.ask(asker)
        pair = [office.approve(office.person(), asked.id), office.withdraw(asker, asked.id)]
        outcomes = await _race(*(pair if turn % 2 else reversed(pair)))
        assert _codes(outcomes) == ["approval_closed"]
        row = await office.row(asked.id)
        seen.add(row.state)
        assert (await office.deeds()).count(str(asked.id)) == (row.state == "approved")
    assert seen <= {"approved", "withdrawn"}


async def test_approval_against_expiry(office: Office) -> None:
    """Both at the last instant, each with a clock of its own: one wins."""
    for turn in range(ROUNDS):
        asked = await office.ask(office.person())
        late = Office(office.database, office.tenant_id, asked.expires_at)
        early = Office(
            office.database, office.tenant_id, asked.expires_at - timedelta(microseconds=1)
        )
        pair = [early.approve(office.person(), asked.id), late.expire(asked.id)]
        outcomes = await _race(*(pair if turn % 2 else reversed(pair)))
        row = await office.row(asked.id)
        deeds = (await office.deeds()).count(str(asked.id))
        if row.state == "approved":
            assert (_codes(outcomes), deeds) == ([], 1)
            assert False in outcomes
        else:
            assert (row.state, _codes(outcomes), deeds) == ("expired", ["approval_closed"], 0)


@pytest.mark.parametrize("askers", [2, 6])
async def test_many_ask_for_the_same_at_once(office: Office, askers: int) -> None:
    subject = new_id()
    outcomes = await _race(
        *(office.ask(office.person(), subject_id=subject) for _ in range(askers))
    )
    assert len({asked.id for asked in outcomes}) == 1
    assert (await office.events("approvals.%")) == ["approvals.approval_requested.v1"]
