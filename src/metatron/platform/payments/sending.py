"""A provider call is two transactions: the intention is committed, then the outcome recorded.

Calls under way at the same moment share both: many intentions in one, many outcomes in one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.micro_batcher import Limits, MicroBatcher, Traits
from metatron.platform.payments.adapter import (
    Capability,
    NoTrace,
    Outcome,
    PaymentAdapter,
    Unknown,
)
from metatron.platform.payments.attempts import end_attempts
from metatron.platform.payments.errors import InstructionNotFound
from metatron.platform.payments.instructions import Attempt, begin_attempts
from metatron.platform.payments.outcomes import Told, record_outcomes
from metatron.platform.payments.providers import adapter_named

KEY_MARGIN_SECONDS = 3_600
LIMITS = Limits(flush_seconds=0.003, at_once=60, pace_seconds=0.05)


@dataclass(frozen=True, slots=True)
class _Due:
    context: Context
    instruction_id: UUID
    now: datetime


@dataclass(frozen=True, slots=True)
class _Ended:
    told: Told
    attempt_id: UUID


class _Counter:
    """Where a process notes the calls it makes through one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.begun: MicroBatcher[UUID, _Due, Attempt | None] = MicroBatcher(
            self._begin, limits=LIMITS, traits=Traits(claims=lambda due: (due.instruction_id,))
        )
        self.ended: MicroBatcher[UUID, _Ended, None] = MicroBatcher(self._end, limits=LIMITS)

    async def _begin(
        self, tenant_id: UUID, due: list[_Due]
    ) -> Sequence[Attempt | InstructionNotFound | None]:
        context = system_context(tenant_id)
        async with self._database.transaction(context) as session:
            given = [(each.instruction_id, each.now) for each in due]
            return await begin_attempts(session, context, due=given)

    async def _end(
        self, tenant_id: UUID, ended: list[_Ended]
    ) -> Sequence[InstructionNotFound | None]:
        context = system_context(tenant_id)
        async with self._database.transaction(context) as session:
            now = await session_now(session)
            told = [each.told for each in ended]
            recorded = await record_outcomes(session, context, told=told, now=now)
            attempts = [(each.attempt_id, each.told.outcome) for each in ended]
            await end_attempts(session, context, ended=attempts, now=now)
        return [each if isinstance(each, InstructionNotFound) else None for each in recorded]


async def send_instruction(
    database: Database, context: Context, *, instruction_id: UUID, now: datetime
) -> None:
    """Get one instruction done, or find out what became of it; bears repetition and crashes.

    Raises:
        InstructionNotFound: no such instruction.
    """
    counter = database.keep(_Counter)
    due = _Due(context, instruction_id, now)
    attempt = await counter.begun.submit(context.tenant_id, due)
    if attempt is None:
        return
    outcome = await ask_provider(adapter_named(attempt.provider), attempt, now)
    ended = _Ended(Told(context, instruction_id, outcome), attempt.id)
    await counter.ended.submit(context.tenant_id, ended)


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
