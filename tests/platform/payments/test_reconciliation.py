"""Statements against our movements: the real provider's, with every fault they come with."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.ids import PLATFORM_TENANT_ID, new_id
from metatron.platform.payments.errors import BreakNotFound, BreakResolved, ResolutionDoesNotFit
from metatron.platform.payments.sandbox_adapter import SandboxAdapter
from metatron.platform.payments.statements import fetching
from metatron.platform.payments.statements.breaks import resolve_break
from tests.platform.payments.provider_process import ProviderProcess
from tests.platform.payments.statement_steps import (
    HEADER,
    breaks,
    fetch,
    lines,
    position,
    upload,
)
from tests.platform.payments.steps import LaterClock, announced, done, inbox_has, process_all
from tests.platform.payments.test_webhooks import listen

TODAY = utc_now().date()
AFTER = HEADER + f"{TODAY + timedelta(days=2)},EUR,1,,other,later_{{}}\n"


async def resolve(
    database: Database, tenant: Context, break_id: Any, resolution: Any = "booked"
) -> None:
    person = Context(tenant.tenant_id, "user", actor_id=new_id())
    async with database.transaction(person) as session:
        await resolve_break(
            session, person, break_id=break_id, resolution=resolution, reason="Looked into it.",
            now=utc_now(),
        )  # fmt: skip


async def test_every_kind_of_movement_finds_its_line(
    database: Database,
    tenant: Context,
    provider: ProviderProcess,
    adapter: SandboxAdapter,
    web: str,
) -> None:
    listen(provider, web)
    provider.call("POST", "/control/fees", {"capture": {"rate_bp": 100}})
    taken = await done(database, tenant, "capture", amount=10_000)
    provider.call("POST", "/control/fees", {})
    await done(database, tenant, "refund", amount=500, source_reference=taken.provider_reference)
    paid = await done(database, tenant, "payout", amount=300, destination="acct_supplier")
    closed = await done(database, tenant, "payout", amount=200, destination="acct_closed")
    assert closed.state == "failed"
    provider.call("POST", f"/control/payouts/{paid.provider_reference}/return")
    path = f"/control/authorisations/{taken.provider_reference}"
    provider.call("POST", f"{path}/refund", {"amount_minor": 700})
    dispute = provider.call("POST", f"{path}/dispute", {"amount_minor": 900}).json()
    provider.call("POST", f"/control/disputes/{dispute['id']}/won")
    await inbox_has(database, tenant, 11)
    clock = LaterClock()
    for _ in range(3):
        await process_all(database, tenant, clock.next())
    assert await fetch(database, tenant, adapter, TODAY) == 1
    found = await lines(database, tenant)
    assert {line[2] for line in found} == {"matched"}
    assert sorted((line[0], line[1], line[3]) for line in found) == [
        ("capture", 10_000, "instruction"),
        ("dispute", -900, "observation"),
        ("dispute_fee", -1500, "observation"),
        ("dispute_reversal", 900, "observation"),
        ("fee", -100, "observation"),
        ("payout", -300, "instruction"),
        ("payout", -200, "instruction"),
        ("payout_reversal", 200, "instruction"),
        ("payout_reversal", 300, "instruction"),
        ("refund", -700, "observation"),
        ("refund", -500, "instruction"),
    ]
    assert await breaks(database, tenant) == []
    now = await position(database, tenant)
    assert now.statement_minor == 10_000 - 100 - 500 - 700 - 1500
    assert (now.unmatched_minor, now.in_transit_minor) == (0, 0)
    assert now.escrow_minor == now.statement_minor
    assert await fetch(database, tenant, adapter, TODAY) == 0


async def test_a_fee_no_webhook_told_of_is_learnt_from_the_statement(
    database: Database, tenant: Context, provider: ProviderProcess, adapter: SandboxAdapter
) -> None:
    provider.call("POST", "/control/fees", {"capture": {"fixed_minor": 30}})
    taken = await done(database, tenant, "capture")
    provider.call("POST", "/control/fees", {})
    await fetch(database, tenant, adapter, TODAY)
    assert [line[2] for line in await lines(database, tenant)] == ["matched", "matched"]
    [told] = [
        payload
        for name, payload in await announced(database, tenant)
        if name == "payments.observation_recorded.v1"
    ]
    assert (told["action"], told["fee_minor"]) == ("fee_charged", 30)
    assert told["target_id"] == str(taken.target_id)


@pytest.mark.parametrize(
    ("fault", "kinds"),
    [
        ("statement_line_missing", []),
        ("statement_line_twice", ["duplicate_line"]),
        ("statement_wrong_sign", ["wrong_sign"]),
        ("statement_other_month", []),
    ],
)
async def test_faulty_statements_of_the_provider(
    database: Database,
    tenant: Context,
    own_provider: ProviderProcess,
    *,
    fault: str,
    kinds: list[str],
) -> None:
    from tests.platform.payments.steps import connected

    async with connected(own_provider) as adapter:
        await done(database, tenant, "capture")
        own_provider.faults({"operation": "statement", "fault": fault, "count": 1}, seed=3)
        await fetch(database, tenant, adapter, TODAY)
    assert [one[0] for one in await breaks(database, tenant)] == kinds
    assert (await position(database, tenant)).escrow_minor == 1000
    # Once the statements reach beyond the day, what they do not name is missing.
    await upload(database, tenant, AFTER.format(fault))
    missing = [one for one in await breaks(database, tenant) if one[0] == "missing_at_provider"]
    assert [one[3] for one in missing] == ([1000] if fault == "statement_line_missing" else [])


async def test_a_line_that_comes_later_settles_its_break(
    database: Database, tenant: Context, own_provider: ProviderProcess
) -> None:
    from tests.platform.payments.steps import connected

    async with connected(own_provider) as adapter:
        await done(database, tenant, "capture")
        fault = {"operation": "statement", "fault": "statement_line_missing", "count": 1}
        own_provider.faults(fault)
        await fetch(database, tenant, adapter, TODAY)
        await upload(database, tenant, AFTER.format("late"))
        before = await position(database, tenant)
        assert (before.statement_minor, before.in_transit_minor) == (0, 1000)
        await fetch(database, tenant, adapter, TODAY)
    states = {one[0]: (one[1], one[2]) for one in await breaks(database, tenant)}
    assert states["missing_at_provider"] == ("resolved", "matched_later")
    after = await position(database, tenant)
    assert (after.statement_minor, after.in_transit_minor) == (1000, 0)
    assert after.escrow_minor == before.escrow_minor == 1000


async def captured(database: Database, tenant: Context, amount: int = 1000) -> str:
    return str((await done(database, tenant, "capture", amount=amount)).provider_reference)


def row(reference: str, amount: int, *, currency: str = "EUR", line_id: str = "") -> str:
    return f"{TODAY},{currency},{amount},{reference},capture,{line_id or new_id().hex}\n"


@pytest.mark.usefixtures("adapter")
@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"amount": 999}, "amount_differs"),
        ({"amount": -1000}, "wrong_sign"),
        ({"amount": 1000, "currency": "USD"}, "currency_differs"),
        ({"amount": 1000, "reference": "auth_ofsomebodyelse"}, "missing_with_us"),
    ],
)
async def test_each_break_is_opened_told_and_resolved_once(
    database: Database, tenant: Context, change: dict[str, Any], kind: str
) -> None:
    reference = await captured(database, tenant)
    asked = {"reference": reference, **change}
    await upload(database, tenant, HEADER + row(asked.pop("reference"), **asked))
    [one] = await breaks(database, tenant)
    assert (one[0], one[1], one[4]) == (kind, "open", change["amount"])
    for _ in range(2):
        await upload(database, tenant, HEADER + row("", 5, line_id=new_id().hex))
    assert [each[0] for each in await breaks(database, tenant)].count(kind) >= 1
    await resolve(database, tenant, one[5], "ignored")
    with pytest.raises(BreakResolved):
        await resolve(database, tenant, one[5])
    with pytest.raises(BreakNotFound):
        await resolve(database, tenant, new_id())
    told = [name for name, _ in await announced(database, tenant)]
    assert told.count("payments.break_resolved.v1") == 1
    [opened] = [
        payload
        for name, payload in await announced(database, tenant)
        if name == "payments.break_opened.v1" and payload["break_id"] == str(one[5])
    ]
    assert (opened["kind"], opened["found_minor"]) == (kind, change["amount"])
    assert (await lines(database, tenant))[0][2] == "ignored"


@pytest.mark.usefixtures("adapter")
async def test_what_a_resolution_does_to_the_position(database: Database, tenant: Context) -> None:
    reference = await captured(database, tenant)
    strange = [row(f"auth_strange{n}xyz", 10**n) for n in (2, 3, 4)]
    await upload(database, tenant, HEADER + row(reference, 1000) + "".join(strange))
    now = await position(database, tenant)
    assert (now.statement_minor, now.unmatched_minor, now.open_breaks) == (12_100, 11_100, 3)
    assert now.escrow_minor == 1000
    found = [one[5] for one in sorted(await breaks(database, tenant), key=lambda one: one[4])]
    for break_id, resolution in zip(found, ("booked", "ignored", "explained"), strict=True):
        await resolve(database, tenant, break_id, resolution)
    now = await position(database, tenant)
    assert (now.statement_minor, now.unmatched_minor, now.open_breaks) == (11_100, 10_000, 0)
    assert now.escrow_minor == 1100
    assert [line[2] for line in await lines(database, tenant)] == [
        "matched", "matched", "ignored", "unmatched"
    ]  # fmt: skip


@pytest.mark.usefixtures("adapter")
async def test_a_booked_difference_claims_its_movement(database: Database, tenant: Context) -> None:
    reference = await captured(database, tenant)
    await upload(database, tenant, HEADER + row(reference, 990))
    [one] = await breaks(database, tenant)
    before = await position(database, tenant)
    assert (before.escrow_minor, before.in_transit_minor) == (1000, 1000)
    await resolve(database, tenant, one[5], "booked")
    after = await position(database, tenant)
    assert (after.escrow_minor, after.in_transit_minor, after.unmatched_minor) == (990, 0, 0)
    await upload(database, tenant, AFTER.format("x"))
    assert "missing_at_provider" not in [one[0] for one in await breaks(database, tenant)]


@pytest.mark.usefixtures("adapter")
async def test_a_missing_movement_has_no_line_to_explain(
    database: Database, tenant: Context
) -> None:
    await captured(database, tenant)
    await upload(database, tenant, HEADER + row("auth_elsewhere1", 7))
    await upload(database, tenant, AFTER.format("y"))
    [missing] = [x for x in await breaks(database, tenant) if x[0] == "missing_at_provider"]
    with pytest.raises(ResolutionDoesNotFit):
        await resolve(database, tenant, missing[5], "explained")
    await resolve(database, tenant, missing[5], "booked")
    assert (await position(database, tenant)).in_transit_minor == 0


@pytest.mark.usefixtures("adapter")
async def test_the_same_file_and_the_same_lines_count_once(
    database: Database, tenant: Context
) -> None:
    reference = await captured(database, tenant)
    one = HEADER + row(reference, 1000, line_id="L1")
    first = await upload(database, tenant, one)
    again = await upload(database, tenant, one)
    assert (again.statement_id, again.reconciled) == (first.statement_id, None)
    wider = await upload(database, tenant, one + row("auth_other_one_1", 50, line_id="L2"))
    assert wider.statement_id != first.statement_id
    assert len(await lines(database, tenant)) == 2
    other = system_context(new_id())
    assert (await upload(database, other, one)).statement_id != first.statement_id
    told = [name for name, _ in await announced(database, tenant)]
    assert told.count("payments.statement_imported.v1") == 2


@pytest.mark.usefixtures("adapter")
async def test_the_database_keeps_statements_as_they_were(
    database: Database, tenant: Context
) -> None:
    await upload(database, tenant, HEADER + row("auth_nobody_knows", 7))
    for statement in (
        "update payments.statement set line_count = 0",
        "delete from payments.statement_line",
        "update payments.statement_line set amount_minor = 8",
        "delete from payments.reconciliation_break",
        "update payments.reconciliation_break set found_minor = 8",
        "update payments.reconciliation_break set state = 'resolved'",
    ):
        with pytest.raises(DBAPIError):
            async with database.transaction(tenant) as session:
                await session.execute(text(statement))


async def test_the_daily_job_shares_the_statement_out(
    committed_database: tuple[object, Database],
    tenant: Context,
    own_provider: ProviderProcess,
) -> None:
    from tests.platform.payments.steps import connected

    _, database = committed_database
    neighbour, idle = system_context(new_id()), system_context(new_id())
    async with connected(own_provider):
        await done(database, tenant, "capture", amount=1000)
        await done(database, neighbour, "capture", amount=2000)
        await done(database, idle, "capture", payment_method="pm_declined")
        own_provider.capture("a stranger's", amount=4000)
        tomorrow = utc_now() + timedelta(days=1)
        new = await fetching.fetch_statements(database, now=tomorrow)
        assert new == 3 * fetching.DAYS_BACK + 1
        assert await fetching.fetch_statements(database, now=tomorrow) == 0
        own_provider.kill()
        later = tomorrow + timedelta(days=1)
        assert await fetching.fetch_statements(database, now=later) == 0
    for context, amount in [(tenant, 1000), (neighbour, 2000)]:
        assert [line[1] for line in await lines(database, context)] == [amount]
        assert (await position(database, context)).statement_minor == amount
    assert await lines(database, idle) == []
    platform = system_context(PLATFORM_TENANT_ID)
    assert [line[1] for line in await lines(database, platform)] == [4000]
    assert [one[0] for one in await breaks(database, platform)] == ["missing_with_us"]
