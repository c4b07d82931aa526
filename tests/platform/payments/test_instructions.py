"""Recording instructions: once, unchangeable, each in its own organisation."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import DomainError
from metatron.kernel.ids import new_id
from metatron.platform.payments.adapter import Capability
from metatron.platform.payments.errors import (
    CapabilityMissing,
    InstructionDiffers,
    InstructionInvalid,
    InstructionNotFound,
    InstructionNotOpen,
)
from metatron.platform.payments.interface import approve_instruction, reject_instruction
from metatron.platform.payments.sandbox_adapter import SandboxAdapter
from metatron.platform.payments.tables import TRANSITIONS
from tests.platform.payments.provider_process import ProviderProcess
from tests.platform.payments.steps import LaterClock, announced, ask, done, jobs, names, read, send

pytestmark = pytest.mark.usefixtures("adapter")


async def test_an_intention_is_recorded_with_its_job(database: Database, tenant: Context) -> None:
    made = await ask(database, tenant, "capture")
    assert (made.id, made.state, made.attempts) == (made.ledger_transfer_id, "approved", 0)
    assert await jobs(database, tenant) == ["payments.send_instruction"]
    assert await names(database, tenant) == []


async def test_the_same_intention_again_does_nothing(database: Database, tenant: Context) -> None:
    target, transfer = new_id(), new_id()
    first = await ask(database, tenant, "capture", target_id=target, ledger_transfer_id=transfer)
    again = await ask(database, tenant, "capture", target_id=target, ledger_transfer_id=transfer)
    assert again == first
    assert len(await jobs(database, tenant)) == 1


async def test_another_content_under_the_id_is_refused_and_named(
    database: Database, tenant: Context
) -> None:
    made = await ask(database, tenant, "capture")
    with pytest.raises(InstructionDiffers) as refused:
        await ask(
            database,
            tenant,
            "capture",
            amount=999,
            target_id=made.target_id,
            ledger_transfer_id=made.id,
        )
    assert [error.field for error in refused.value.errors] == ["amount_minor"]
    assert (await read(database, tenant, made.id)).amount_minor == 1000


@pytest.mark.parametrize(
    ("kind", "more", "field"),
    [
        ("capture", {"amount": 0}, "amount_minor"),
        ("capture", {"amount": -1}, "amount_minor"),
        ("capture", {"amount": 2**53}, "amount_minor"),
        ("capture", {"amount": True}, "amount_minor"),
        ("capture", {"amount": 1.5}, "amount_minor"),
        ("capture", {"currency": "eur"}, "currency"),
        ("capture", {"currency": "ZZZ"}, "currency"),
        ("capture", {"payment_method": "pm_ok", "source_reference": "a"}, "payment_method"),
        ("refund", {"payment_method": "pm_ok"}, "source_reference"),
        ("void", {"destination": "acct_x"}, "source_reference"),
        ("payout", {"source_reference": "auth_1"}, "destination"),
        ("refund", {"source_reference": "../payouts"}, "source_reference"),
        ("refund", {"source_reference": ""}, "source_reference"),
    ],
)
async def test_bad_instructions_are_refused(
    database: Database, tenant: Context, kind: str, more: dict[str, Any], field: str
) -> None:
    with pytest.raises(InstructionInvalid) as refused:
        await ask(database, tenant, kind, **more)
    assert refused.value.errors[0].field == field


async def test_what_the_provider_cannot_do_is_refused(
    database: Database, tenant: Context, adapter: SandboxAdapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = frozenset({Capability.ESCROW_CAPTURE})
    monkeypatch.setattr(adapter, "capabilities", few, raising=False)
    with pytest.raises(CapabilityMissing):
        await ask(database, tenant, "payout", destination="acct_x")


async def test_an_instruction_waits_for_approval(
    database: Database, tenant: Context, provider: ProviderProcess
) -> None:
    held = await ask(database, tenant, "capture", needs_approval=True)
    assert (held.state, await jobs(database, tenant)) == ("created", [])
    assert (await send(database, tenant, held.id)).state == "created"
    assert provider.call("GET", f"/v1/requests/{held.id}").status_code == 404
    async with database.transaction(tenant) as session:
        await approve_instruction(session, tenant, instruction_id=held.id, now=utc_now())
    assert await jobs(database, tenant) == ["payments.send_instruction"]
    assert (await send(database, tenant, held.id)).state == "confirmed"
    with pytest.raises(InstructionNotOpen):
        async with database.transaction(tenant) as session:
            await approve_instruction(session, tenant, instruction_id=held.id, now=utc_now())


async def test_an_instruction_may_be_rejected_instead(database: Database, tenant: Context) -> None:
    held = await ask(database, tenant, "capture", needs_approval=True)

    async def reject() -> None:
        async with database.transaction(tenant) as session:
            await reject_instruction(
                session, tenant, instruction_id=held.id, code="not_approved", now=utc_now()
            )

    await reject()
    with pytest.raises(InstructionNotOpen):
        await reject()
    [(name, payload)] = await announced(database, tenant)
    assert name == "payments.instruction_failed.v1"
    assert payload["failure_code"] == "not_approved"


async def test_each_kind_reaches_the_provider(
    database: Database, tenant: Context, provider: ProviderProcess
) -> None:
    before = provider.balance()
    hold = await done(database, tenant, "authorise")
    taken = await done(database, tenant, "capture", source_reference=hold.provider_reference)
    back = await done(
        database, tenant, "refund", amount=300, source_reference=taken.provider_reference
    )
    paid = await done(database, tenant, "payout", amount=500, destination="acct_supplier")
    other = await done(database, tenant, "authorise")
    gone = await done(database, tenant, "void", source_reference=other.provider_reference)
    assert {hold.state, taken.state, back.state, paid.state, gone.state} == {"confirmed"}
    assert provider.balance() == before + 1000 - 300 - 500
    path = f"/v1/authorisations/{other.provider_reference}"
    assert provider.call("GET", path).json()["status"] == "voided"


async def test_confirmation_says_what_the_ledger_needs(database: Database, tenant: Context) -> None:
    made = await done(database, tenant, "capture")
    [(name, payload)] = await announced(database, tenant)
    assert name == "payments.instruction_confirmed.v1"
    assert payload == {
        "aggregate_id": str(made.target_id),
        "instruction_id": str(made.id),
        "kind": "capture",
        "target_kind": "commitment",
        "target_id": str(made.target_id),
        "amount_minor": 1000,
        "requested_amount_minor": 1000,
        "currency": "EUR",
        "ledger_transfer_id": str(made.ledger_transfer_id),
        "provider": "sandbox",
        "provider_reference": made.provider_reference,
        "failure_code": None,
        "capture_before": None,
    }


@pytest.mark.parametrize(
    ("method", "code"),
    [("pm_declined", "card_declined"), ("pm_insufficient_funds", "insufficient_funds")],
)
async def test_a_decline_is_announced_as_failed(
    database: Database, tenant: Context, method: str, code: str
) -> None:
    made = await done(database, tenant, "capture", payment_method=method)
    assert (made.state, made.failure_code) == ("failed", code)
    assert await names(database, tenant) == ["payments.instruction_failed.v1"]


async def test_a_refund_to_a_closed_card_fails_in_the_end(
    database: Database, tenant: Context, provider: ProviderProcess
) -> None:
    taken = await done(database, tenant, "capture", payment_method="pm_refund_fails")
    asked = await ask(database, tenant, "refund", source_reference=taken.provider_reference)
    pending = await send(database, tenant, asked.id)
    assert (pending.state, pending.provider_reference is not None) == ("sent", True)
    provider.call("POST", "/control/clock/advance", {"seconds": 1})
    failed = await send(database, tenant, asked.id, now=LaterClock().next())
    assert (failed.state, failed.failure_code) == ("failed", "account_closed")


async def test_other_organisations_see_nothing(database: Database, tenant: Context) -> None:
    made = await ask(database, tenant, "capture")
    stranger = system_context(new_id())
    for step in (read, send):
        with pytest.raises(InstructionNotFound):
            await step(database, stranger, made.id)
    async with database.transaction(stranger) as session:
        for table in ("instruction", "webhook_inbox"):
            count = await session.scalar(text(f"select count(*) from payments.{table}"))
            assert count == 0
    assert issubclass(InstructionNotFound, DomainError)


@pytest.mark.parametrize(
    "change",
    [
        "amount_minor = 5",
        "currency = 'USD'",
        "target_id = gen_random_uuid()",
        "source_reference = 'x', payment_method = null",
        "state = 'confirmed'",
        "state = 'unknown'",
        "confirmed_amount_minor = 5",
        "returned_at = now()",
    ],
)
async def test_the_database_refuses_what_no_use_case_does(
    database: Database, tenant: Context, change: str
) -> None:
    made = await ask(database, tenant, "capture")
    with pytest.raises(DBAPIError):
        async with database.transaction(tenant) as session:
            await session.execute(
                text(f"update payments.instruction set {change} where id = :id"), {"id": made.id}
            )


async def test_no_one_deletes_instructions(database: Database, tenant: Context) -> None:
    await ask(database, tenant, "capture")
    with pytest.raises(DBAPIError, match="permission denied"):
        async with database.transaction(tenant) as session:
            await session.execute(text("delete from payments.instruction"))


async def test_the_database_knows_the_same_transitions(database: Database, tenant: Context) -> None:
    """Every pair of states is tried against the trigger."""
    async with database.transaction(tenant) as session:
        source = await session.scalar(
            text("select prosrc from pg_proc where proname = 'refuse_instruction_change'")
        )
    pairs = {(old, new) for old, targets in TRANSITIONS.items() for new in targets}
    for old in TRANSITIONS:
        for new in TRANSITIONS:
            assert (f"('{old}', '{new}')" in source) == ((old, new) in pairs)
