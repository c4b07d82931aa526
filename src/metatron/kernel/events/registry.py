"""What the running process knows to do: jobs, reactions to events, schedules."""

from collections.abc import Awaitable, Callable, Iterable
from uuid import UUID

from metatron.kernel.events.jobs import Job, Schedule, Subscription, Tap
from metatron.kernel.module import Module


class Registry:
    """Jobs and subscriptions of all modules, by name."""

    def __init__(self, modules: Iterable[Module]) -> None:
        """Collect from the manifests; names must be unique."""
        self.jobs: dict[str, Job] = {}
        self.subscriptions: dict[str, list[Subscription]] = {}
        self.schedules: list[Schedule] = []
        self.taps: list[Tap] = []
        self.paused: Callable[[UUID, str], Awaitable[bool]] | None = None
        """Tells whether an optional module's jobs wait for a tenant; wired at start."""
        self.over_streams: frozenset[str] = frozenset()
        """Modules whose reactions follow the streams where they can; set at start."""
        self._optional: dict[str, str] = {}
        self._owners: dict[str, str] = {}
        for module in modules:
            if module.optional:
                named = [job.name for job in module.jobs]
                named += [each.subscriber for each in module.subscriptions]
                self._optional.update(dict.fromkeys(named, module.name))
            for job in module.jobs:
                assert job.name not in self.jobs, f"two jobs are named {job.name}"
                self.jobs[job.name] = job
            for subscription in module.subscriptions:
                self.subscriptions.setdefault(subscription.event, []).append(subscription)
                self._owners[subscription.subscriber] = module.name
            self.schedules.extend(module.schedules)
            if module.tap is not None:
                self.taps.append(module.tap)
        self._handlers = self.handlers()

    def handlers(self) -> dict[str, Job | Subscription]:
        """Return everything the worker runs, by the name it has in the queue."""
        named: dict[str, Job | Subscription] = dict(self.jobs)
        for subscriptions in self.subscriptions.values():
            for subscription in subscriptions:
                assert subscription.subscriber not in named, subscription.subscriber
                named[subscription.subscriber] = subscription
        return named

    def of_streams(self, module: str) -> dict[str, list[Subscription]]:
        """Return the reactions of a module that can follow streams, by the event's name.

        Those that are one transaction each: what waits for others, or is done with others, would
        hold up all that comes behind it.
        """
        found = {
            event: [each for each in several if self._owners[each.subscriber] == module
                    and each.transactional and each.together is None and not each.waits]
            for event, several in self.subscriptions.items()
        }  # fmt: skip
        return {event: several for event, several in found.items() if several}

    def queued(self, event: str) -> list[Subscription]:
        """Return the reactions to an event that the queue is to bring."""
        several = self.subscriptions.get(event, [])
        if not self.over_streams:
            return several
        elsewhere = {
            each.subscriber
            for module in self.over_streams
            for each in self.of_streams(module).get(event, ())
        }
        return [each for each in several if each.subscriber not in elsewhere]

    async def is_paused(self, handler: str, tenant_id: UUID) -> bool:
        """Tell whether a handler's jobs wait: its module is off, or the tenant is suspended."""
        module = self._optional.get(handler)
        if module is None or self.paused is None:
            return False
        return await self.paused(tenant_id, module)

    def is_gathered(self, handler: str) -> bool:
        """Tell whether requests for a handler may go through the queue together.

        Those that are done with others, or mostly wait for others; and that may be tried again.
        """
        known = self._handlers.get(handler)
        if known is None:
            return False
        return (known.together is not None or known.waits) and known.most_attempts > 1

    def priority(self, handler: str) -> int:
        """Return the priority of a handler; what this process does not know has none."""
        known = self._handlers.get(handler)
        return 0 if known is None else known.priority
