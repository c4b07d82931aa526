"""A provider call is two transactions: the intention is committed, then the outcome recorded."""

from datetime import datetime
from uuid import UUID

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.platform.payments.adapter import (
    Capability,
    NoTrace,
    Outcome,
    PaymentAdapter,
    Unknown,
)
from metatron.platform.payments.attempts import end_attempt
from metatron.platform.payments.instructions import Attempt, begin_attempt
from metatron.platform.payments.outcomes import record_outcome
from metatron.platform.payments.providers import adapter_named

KEY_MARGIN_SECONDS = 3_600


async def send_instruction(
    database: Database, context: Context, *, instruction_id: UUID, now: datetime
) -> None:
    """Get one instruction done, or find out what became of it; bears repetition and crashes.

    Raises:
        InstructionNotFound: no such instruction.
    """
    async with database.transaction(context) as session:
        attempt = await begin_attempt(session, context, instruction_id=instruction_id, now=now)
    if attempt is None:
        return
    outcome = await ask_provider(adapter_named(attempt.provider), attempt, now)
    async with database.transaction(context) as session:
        then = await session_now(session)
        await record_outcome(
            session, context, instruction_id=instruction_id, outcome=outcome, now=then
        )
        await end_attempt(session, context, attempt_id=attempt.id, outcome=outcome, now=then)


async def ask_provider(adapter: PaymentAdapter, attempt: Attempt, now: datetime) -> Outcome:
    """Send a new instruction; one that was sent before is looked up first.

    It is sent again, with the same key, only when the provider has no trace of it, and only
    while the provider still remembers keys of that age.
    """
    if attempt.is_first:
        return await adapter.send(attempt.call)
    if Capability.LOOKUP_BY_KEY in adapter.capabilities:
        found = await adapter.look_up(attempt.call)
        if not isinstance(found, NoTrace):
            return found
    age = (now - attempt.sent_at).total_seconds()
    lifetime = adapter.key_lifetime_seconds
    if lifetime is not None and age > lifetime - KEY_MARGIN_SECONDS:
        return Unknown("key_forgotten_by_provider")
    return await adapter.send(attempt.call)
