"""Members who commit to one campaign at the same moment share a transaction.

Every commitment writes the campaign's own accounts, which are locked until the disk has it: one by
one, a campaign takes no more commitments than the disk has flushes. Each keeps its own answer, its
own Idempotency-Key and its own refusal.
"""

import time
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from metatron.apps.campaigns.edge import views
from metatron.apps.campaigns.edge.paging import answer_json
from metatron.apps.campaigns.errors import CampaignNotFound
from metatron.apps.campaigns.gathering.placing import Placed, place_all
from metatron.apps.campaigns.gathering.wishes import Asked, Wish, demand_member
from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.errors import DomainError, IdempotencyInFlight
from metatron.kernel.http.idempotency import Keyed, replay_all, store_all
from metatron.kernel.http.unit import database_of
from metatron.kernel.late_answers import LateAnswers
from metatron.kernel.micro_batcher import Limits, MicroBatcher, Traits

LIMITS = Limits(flush_seconds=0.005, at_once=100, most_waiting=2_000, pace_seconds=0.08)
_Key = tuple[UUID, UUID]
"""Tenant and campaign."""


@dataclass(frozen=True, slots=True)
class _Request:
    keyed: Keyed
    wish: Wish

    @property
    def asked(self) -> Asked:
        return Asked(self.keyed.context, self.wish)

    def claims(self) -> tuple[Hashable, ...]:
        """Return what no two requests of one transaction may have in common."""
        key = (self.keyed.actor, self.keyed.key)
        return (("member", self.asked.member_id), ("wish", self.wish.id), ("key", key))


class CommitBatches:
    """One process's way of placing commitments."""

    def __init__(self, database: Database) -> None:
        """Take the database that leads to every tenant's."""
        self._database = database
        self._in_flight: set[tuple[UUID, str, str]] = set()
        self._late = LateAnswers(database.waker.say_late)
        self._batches: MicroBatcher[_Key, _Request, Response] = MicroBatcher(
            self._place, limits=LIMITS, traits=Traits(claims=_Request.claims)
        )

    async def place(self, campaign_id: UUID, keyed: Keyed, wish: Wish) -> Response:
        """Place a member's commitment and return the answer, after the commit.

        The same key with the same content has the same answer.

        Raises:
            PermissionDenied: the actor is no person, or may not commit.
            IdempotencyInFlight, IdempotencyKeyReused: as for every route.
            Busy: too many wait.
            DomainError: the refusals of `commitments.commit`.
        """
        demand_member(keyed.context)
        tenant_id = keyed.context.tenant_id
        name = (tenant_id, keyed.actor, keyed.key)
        if name in self._in_flight:
            raise IdempotencyInFlight
        self._in_flight.add(name)
        begun = time.monotonic()
        try:
            return await self._batches.submit((tenant_id, campaign_id), _Request(keyed, wish))
        finally:
            self._in_flight.discard(name)
            self._late.note(time.monotonic() - begun)

    async def _place(self, key: _Key, requests: list[_Request]) -> list[Response | Exception]:
        tenant_id, campaign_id = key
        context = system_context(tenant_id)
        async with self._database.transaction(context) as session:
            known = await replay_all(session, context, [each.keyed for each in requests])
            fresh = [each for each, found in zip(requests, known, strict=True) if found is None]
            made = iter(await _answers(session, context, campaign_id, fresh))
            return [next(made) if found is None else found for found in known]


async def _answers(
    session: AsyncSession, context: Context, campaign_id: UUID, requests: Sequence[_Request]
) -> list[Response | DomainError]:
    """Place what is asked and keep the answers with it; refusals are not kept."""
    if not requests:
        return []
    now = await session_now(session)
    asked = [each.asked for each in requests]
    try:
        placed = await place_all(session, context, campaign_id=campaign_id, asked=asked, now=now)
    except CampaignNotFound:
        return [CampaignNotFound() for _ in requests]
    shown = await _shown(session, context, placed)
    answers: list[Response | DomainError] = [
        outcome
        if isinstance(outcome, DomainError)
        else answer_json(shown[outcome.id], status=202, version=outcome.version)
        for outcome in placed.outcomes
    ]
    given = [
        (each.keyed, answer)
        for each, answer in zip(requests, answers, strict=True)
        if isinstance(answer, Response)
    ]
    await store_all(session, context, given)
    return answers


async def _shown(session: AsyncSession, context: Context, placed: Placed) -> dict[UUID, object]:
    """Return what is answered; nothing is read here of what was placed just now.

    The campaign's accounts are locked until the transaction ends: nobody else commits meanwhile.
    """
    now, campaign = await session_now(session), placed.campaign
    found: dict[UUID, object] = {}
    for each in placed.outcomes:
        if isinstance(each, DomainError):
            continue
        # What the session keeps was there before: it may have moved on since it was placed.
        if each in session:
            shown = await views.commitment_view(session, context, campaign, each, now=now)
        else:
            shown = views.placed_view(campaign, each, placed.taken_in.get(each.id), now=now)
        found[each.id] = shown
    return found


async def _batches_of(request: Request) -> CommitBatches:
    """Return the process's batches, made at first use."""
    return database_of(request).keep(CommitBatches)


Batches = Annotated[CommitBatches, Depends(_batches_of)]
