"""Every table filled for one person; after the erasure the whole database is searched for them."""

from typing import Any

import asyncpg
import pytest

from metatron.kernel.ids import PLATFORM_TENANT_ID, new_id
from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from metatron.processes import all_modules

from .conftest import House, erased
from .filler import Filler
from .search import places_of

KINDS = [(module.name, kind) for module in all_modules() for kind in module.personal_data]
KEPT = {table for _, kind in KINDS if kind.fate != "erased" for table in kind.tables}
"""Where words of a person may stay, by the modules' own word; see their `why`."""
ERASED = {table for _, kind in KINDS if kind.fate == "erased" for table in kind.tables}
"""Each of these has to be filled. Of others those are left out whose checks want more."""
OTHERS_WORDS = {
    "campaigns.question.answer", "campaigns.issue.resolution", "campaigns.issue.supplier_answer",
}  # fmt: skip
"""Answers to somebody, which the organisation and its suppliers gave."""
MADE_BY_PROGRAM = {
    "identity.user_account", "identity.session", "personal_data.request", "personal_data.step",
    "kernel.event", "tenancy.member", "tenancy.member_role", "approvals.settings",
    "identity.passkey_challenge", "payments.instruction_attempt",
}  # fmt: skip
"""Filled by what the test does, or nothing of a person can be put in."""
SPECIAL = {
    "notifications.message.template": "sign_in", "notifications.message.locale": "en",
    "files.file.media_type": "application/pdf", "files.file.purpose": "campaigns.evidence",
    "campaigns.commitment.state": "settled", "campaigns.campaign.state": "completed",
    "campaigns.card_dispute.state": "won", "campaigns.refund.state": "confirmed",
    "campaigns.payout.state": "confirmed", "campaigns.refund.resolved_at": "2026-01-01",
    "campaigns.issue.state": "resolved",
    "campaigns.issue.outcome": "release", "campaigns.issue.resolution": "decided",
    "campaigns.supplier_claim.state": "paid",
    "payments.instruction.state": "created", "payments.instruction.payment_method": "pm_ok",
    "files.file.expires_at": "2031-01-01", "campaigns.question.state": "answered",
    "campaigns.question.answered_at": "2026-01-01",
}  # fmt: skip


@pytest.fixture
async def mighty(server: EmbeddedPostgres, house: House) -> Any:
    """The server's own administrator: sees every row, past every policy and trigger."""
    name = house.door.settings.database_url.get_secret_value().partition("@/")[2].partition("?")[0]
    connection = await asyncpg.connect(server.dsn("postgres", name))
    yield connection
    await connection.close()


async def test_nothing_of_an_erased_person_is_left(house: House, mighty: Any) -> None:
    client, email, user_id = await house.join("organiser")
    words = f"wordsof{user_id.hex}"
    assert (await client.patch("/auth/me", json={"display_name": words})).is_success
    filled = await _fill_everything(house, mighty, email, words)
    assert {"campaigns.delivery_address", "amc.alert_address", "tenancy.invitation"} <= filled
    before = await places_of(mighty, email) | await places_of(mighty, words)
    assert "notifications.message_body.address" in before
    assert "campaigns.delivery_address.street" in before
    await erased(house, client)
    assert await places_of(mighty, email) == set(), "the address is nowhere, kept or not"
    left = {place.rpartition(".")[0] for place in await places_of(mighty, words) - OTHERS_WORDS}
    assert left <= KEPT, f"{sorted(left - KEPT)} hold what somebody's erasure was to take away"
    for table in ("kernel.event", "notifications.message", "tenancy.member"):
        assert table not in left, f"{table} holds no words of anybody's"


async def _fill_everything(house: House, mighty: Any, email: str, words: str) -> set[str]:
    user_id = await house.door.person(email)
    own = SPECIAL | {
        "amc.alert.workflow_id": new_id(),
        "notifications.message_body.id": (message_id := new_id()),
        "notifications.message.id": message_id,
        "amc.alert.channels": f'[{{"kind": "mail", "to": "{email}"}}]',
        "kernel.idempotency_record.actor": f"user:{user_id}",
        "amc.board_snapshot.figures": "[]",
    }  # fmt: skip
    filler = Filler(mighty, house.tenant_id, user_id, email, words, own)
    filled, refused = set(), []
    await mighty.execute("set session_replication_role = replica")
    for _, kind in KINDS:
        for table in kind.tables:
            if table not in MADE_BY_PROGRAM | filled:
                try:
                    await filler.fill(table)
                except asyncpg.PostgresError as error:
                    refused.append(f"{table}: {error}")
                filled.add(table)
    filler.tenant_id = PLATFORM_TENANT_ID
    for table in ("notifications.message", "notifications.message_body"):
        await filler.fill(table)
    await mighty.execute("set session_replication_role = origin")
    lacking = [each for each in refused if each.partition(":")[0] in ERASED]
    assert not lacking, "\n".join(lacking)
    return filled
