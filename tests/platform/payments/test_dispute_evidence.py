"""Evidence against disputes: its deadline, one submission, and answers that are lost on the way."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from metatron.platform.payments.adapter import Confirmed, Failed, RetryLater, Unknown
from metatron.platform.payments.dispute_evidence import request_evidence, submit_evidence
from metatron.platform.payments.disputed import EvidenceCall
from metatron.platform.payments.errors import EvidenceGiven, ProviderUnavailable
from metatron.platform.payments.evidence_tables import DisputeEvidenceRow
from metatron.platform.payments.sandbox_adapter import SandboxAdapter
from metatron.platform.payments.stripe_adapter import StripeAdapter
from tests.platform.payments.provider_process import ProviderProcess
from tests.platform.payments.steps import announced, connected, done
from tests.platform.payments.stripe_twin import FIXTURES, KEY, StripeTwin

TEXT = "Delivered on 4 March; the member confirmed it."


async def disputed(database: Database, tenant: Context, provider: ProviderProcess) -> str:
    taken = await done(database, tenant, "capture", amount=2_000)
    path = f"/control/authorisations/{taken.provider_reference}/dispute"
    return str(provider.call("POST", path, {}).json()["id"])


async def asked_for(database: Database, tenant: Context, reference: str) -> UUID:
    async with database.transaction(tenant) as session:
        return await request_evidence(
            session, tenant, provider="sandbox", reference=reference, explanation=TEXT,
            now=utc_now(),
        )  # fmt: skip


async def row(database: Database, tenant: Context, evidence_id: UUID) -> DisputeEvidenceRow:
    async with database.transaction(tenant) as session:
        found = await session.get(DisputeEvidenceRow, (tenant.tenant_id, evidence_id))
        assert found is not None
        return found


async def test_it_is_handed_in_once_and_both_sides_know(
    database: Database, tenant: Context, provider: ProviderProcess, adapter: SandboxAdapter
) -> None:
    reference = await disputed(database, tenant, provider)
    before = await adapter.fetch_dispute(reference)
    assert before.evidence_due_at is not None
    assert (before.is_open, before.is_evidence_in) == (True, False)
    assert timedelta(days=6) < before.evidence_due_at - datetime.now(UTC) < timedelta(days=8)
    evidence_id = await asked_for(database, tenant, reference)
    with pytest.raises(EvidenceGiven):
        await asked_for(database, tenant, reference)
    for _ in range(2):
        await submit_evidence(database, tenant, evidence_id=evidence_id, now=utc_now())
    assert (await row(database, tenant, evidence_id)).state == "submitted"
    assert (await row(database, tenant, evidence_id)).attempts == 1
    assert (await adapter.fetch_dispute(reference)).is_evidence_in
    states = [
        payload["state"]
        for name, payload in await announced(database, tenant)
        if name == "payments.dispute_evidence_moved.v1"
    ]
    assert states == ["created", "submitted"]


@pytest.mark.parametrize("fault", ["timeout_with_effect", "timeout_without_effect", "http_500"])
async def test_a_lost_answer_is_asked_for_and_never_told_twice(
    database: Database,
    tenant: Context,
    provider: ProviderProcess,
    adapter: SandboxAdapter,
    fault: str,
) -> None:
    reference = await disputed(database, tenant, provider)
    evidence_id = await asked_for(database, tenant, reference)
    lost = {"operation": "dispute_evidence", "fault": fault, "count": 1}
    provider.faults(lost | ({"seconds": 1.0} if "timeout" in fault else {}))
    await submit_evidence(database, tenant, evidence_id=evidence_id, now=utc_now())
    assert (await row(database, tenant, evidence_id)).state == "unknown"
    await submit_evidence(database, tenant, evidence_id=evidence_id, now=utc_now())
    found = await row(database, tenant, evidence_id)
    assert (found.state, found.attempts) == ("submitted", 2)
    assert (await adapter.fetch_dispute(reference)).is_evidence_in


async def test_a_decided_dispute_and_a_late_hand_are_refused_for_good(
    database: Database, tenant: Context, own_provider: ProviderProcess
) -> None:
    async with connected(own_provider) as client:
        late, decided = [await disputed(database, tenant, own_provider) for _ in range(2)]
        own_provider.call("POST", f"/control/disputes/{decided}/lost")
        first = await asked_for(database, tenant, decided)
        await submit_evidence(database, tenant, evidence_id=first, now=utc_now())
        found = await row(database, tenant, first)
        assert (found.state, found.failure_code) == ("refused", "dispute_closed")
        assert not (await client.fetch_dispute(decided)).is_open
        own_provider.call("POST", "/control/clock/advance", {"seconds": 8 * 86_400})
        second = await asked_for(database, tenant, late)
        await submit_evidence(database, tenant, evidence_id=second, now=utc_now())
        found = await row(database, tenant, second)
        assert (found.state, found.failure_code) == ("refused", "evidence_late")
        # What was refused is no submission: it may be tried again.
        assert await asked_for(database, tenant, late) != second
        own_provider.kill()
        with pytest.raises(ProviderUnavailable):
            await client.fetch_dispute(late)
        outcome = await client.submit_evidence(EvidenceCall(new_id(), late, TEXT))
        assert isinstance(outcome, RetryLater)


@pytest.fixture
def twin() -> Iterator[StripeTwin]:
    pytest.importorskip("stripe", reason="the extra `stripe` is not installed")
    server = StripeTwin()
    yield server
    server.close()


@pytest.fixture
async def client(twin: StripeTwin) -> AsyncIterator[StripeAdapter]:
    made = StripeAdapter(KEY, ("whsec_twin",), url=twin.url, timeout_seconds=1.0)
    yield made
    await made.close()


async def test_stripe_takes_it_as_its_api_asks(twin: StripeTwin, client: StripeAdapter) -> None:
    reference = twin.made("dispute")["id"]
    facts = await client.fetch_dispute(reference)
    due = datetime.fromtimestamp(FIXTURES["dispute"]["evidence_details"]["due_by"], UTC)
    assert (facts.evidence_due_at, facts.is_open, facts.is_evidence_in) == (due, True, False)
    call = EvidenceCall(new_id(), reference, TEXT)
    assert await client.submit_evidence(call) == Confirmed(reference, 0)
    request = twin.asked[-1]
    assert (request.method, request.path) == ("POST", f"/v1/disputes/{reference}")
    assert request.form == {"evidence[uncategorized_text]": TEXT, "submit": "true"}
    assert request.headers["idempotency-key"] == str(call.evidence_id)
    assert (await client.fetch_dispute(reference)).is_evidence_in
    assert await client.submit_evidence(call) == Confirmed(reference, 0)
    again = EvidenceCall(new_id(), reference, "More.")
    assert await client.submit_evidence(again) == Failed("dispute_not_open")


async def test_what_stripe_does_not_say_clearly_is_unknown(
    twin: StripeTwin, client: StripeAdapter
) -> None:
    reference = twin.made("dispute")["id"]
    twin.faults = [lambda _: (200, FIXTURES["dispute"])]
    call = EvidenceCall(new_id(), reference, TEXT)
    assert await client.submit_evidence(call) == Unknown("not_submitted")
    twin.delay_seconds = 1.5
    outcome: Any = await client.submit_evidence(EvidenceCall(new_id(), reference, TEXT))
    assert isinstance(outcome, Unknown)
    with pytest.raises(ProviderUnavailable):
        await client.fetch_dispute(reference)
