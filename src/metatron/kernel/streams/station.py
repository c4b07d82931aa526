"""What the worker does about streams: everything with Redis, hardly anything without."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from metatron.kernel.events.runner import Runner
from metatron.kernel.streams.groups import settle


class UnknownSubscriber(ValueError):
    """`METATRON_STREAM_SUBSCRIBERS` names a module that has no reactions fit for streams."""


@dataclass(frozen=True, slots=True)
class Station:
    """`noted` is for the relay to call, None where it is to number nothing; `parts` are to run."""

    noted: Callable[[], None] | None = None
    parts: list[Any] = field(default_factory=list)


async def open_station(runtime: Any, runner: Runner) -> Station:
    """Prepare the streams of a worker, before its relay takes up anything.

    Raises:
        UnknownSubscriber: the setting names a module that there is not.
    """
    registry, pool, settings = runtime.registry, runtime.database.system, runtime.settings
    door = runtime.redis
    if door is not None:
        registry.over_streams = frozenset(settings.stream_subscribers)
    await settle(pool, registry)
    if door is None:
        return Station()
    from metatron.kernel.streams.publisher import Publisher  # noqa: PLC0415
    from metatron.kernel.streams.reactions import Reactions  # noqa: PLC0415

    publisher = Publisher(pool, door, length=settings.stream_length)
    parts: list[Any] = [publisher]
    for module in sorted(registry.over_streams):
        if not registry.of_streams(module):
            raise UnknownSubscriber(module)
        reactions = Reactions(pool, door, registry, runner.react, module)
        await reactions.begin()
        parts.append(reactions)
    return Station(publisher.wake, parts)
