"""What everybody does while faults strike: seasons, a busy campaign, runs at Amazon."""

import asyncio
import random
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from bench.night.amazon import Amazon
from bench.night.book import Book
from bench.night.client import Client, NeverAnswered, Refused
from bench.night.organisations import Organisation
from bench.night.seasons import Seasons, Stuck

BUSY_DAYS = 50
KEPT = 20
"""Own commitments a member remembers, of which one may be withdrawn."""


@dataclass(slots=True)
class Load:
    """All that goes on; `closing` ends it in good order."""

    book: Book
    seed: int
    busy: Organisation
    others: list[Organisation]
    amazon: Amazon | None
    per_second: float
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    campaign: dict[str, Any] = field(default_factory=dict)
    seasons_played: int = 0

    async def prepare(self) -> None:
        """Open the busy campaign and let its members join."""
        seasons = self._seasons(self.busy)
        self.campaign = await seasons.publish("busy", goal=1, days=BUSY_DAYS)
        async with asyncio.TaskGroup() as group:
            for member in self.busy.members:
                group.create_task(seasons.join(member, self.campaign))

    async def go_on(self) -> None:
        """Go on until `closing`; then end the busy campaign as well."""
        async with asyncio.TaskGroup() as group:
            for other in self.others:
                group.create_task(self._said(f"a season of {other.slug}", self._play(other)))
            for number, member in enumerate(self.busy.members):
                group.create_task(self._said("a member", self._commit(member, number)))
            if self.amazon is not None:
                group.create_task(self._said("a run", self.amazon.ask(self.closing)))

    async def end(self) -> None:
        """End the busy campaign: accepted, delivered, released."""
        await self._said(
            "the end of the busy campaign", self._seasons(self.busy).end(self.campaign, days=50)
        )

    def _seasons(self, organisation: Organisation) -> Seasons:
        return Seasons(self.book, organisation, random.Random(f"{self.seed} {organisation.slug}"))

    async def _said(self, what: str, work: Awaitable[None]) -> None:
        """Note what stops somebody for good as a finding; the others go on."""
        try:
            await work
        except (Stuck, NeverAnswered, Refused) as error:
            self.book.finds(f"stuck: {what}: {error}")
        except ExceptionGroup as group:
            for error in group.exceptions:
                if not isinstance(error, Stuck | NeverAnswered | Refused):
                    raise
                self.book.finds(f"stuck: {what}: {error}")

    async def _play(self, organisation: Organisation) -> None:
        seasons = self._seasons(organisation)
        while not self.closing.is_set():
            await seasons.one()
            self.seasons_played += 1

    async def _commit(self, member: Client, number: int) -> None:
        chance = random.Random(f"{self.seed} member {number}")
        seasons = Seasons(self.book, self.busy, chance)
        own: list[UUID] = []
        mean = len(self.busy.members) / self.per_second
        while not self.closing.is_set():
            await _pause(chance.uniform(0, 2 * mean), self.closing)
            if own and chance.random() < 0.15:
                await seasons.withdraw(member, own.pop(chance.randrange(len(own))))
                continue
            commitment = await seasons.commit(member, self.campaign)
            if commitment is not None:
                own = [*own, commitment][-KEPT:]


async def _pause(seconds: float, closing: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(seconds):
            await closing.wait()
    except TimeoutError:
        return
