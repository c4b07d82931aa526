"""Making, changing and removing destinations."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.destinations.events import DestinationChanged
from metatron.apps.amc.destinations.kinds import KINDS, AnySettings, parted
from metatron.apps.amc.destinations.loading import destination_of
from metatron.apps.amc.destinations.site import site
from metatron.apps.amc.destinations.tables import Destination
from metatron.apps.amc.destinations.targets.reaching import check_place
from metatron.apps.amc.permissions import MANAGE
from metatron.kernel.context import Context
from metatron.kernel.errors import FieldError, InvalidInput
from metatron.kernel.etag import check_if_match
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id

removal_guards: list[Callable[[AsyncSession, Context, UUID], Awaitable[None]]] = []
"""What stands against removing a destination; rooms above add to it."""


async def make_destination(
    session: AsyncSession,
    context: Context,
    *,
    name: str,
    kind: str,
    settings: AnySettings,
    now: datetime,
) -> Destination:
    """Make a destination; nothing is delivered to it yet.

    Raises:
        PermissionDenied: the actor may not set up destinations.
        InvalidInput: a host that is not called, or no secret.
    """
    context.demand(MANAGE)
    check_place(settings, allow_private=site().allow_private)
    plain, secret = parted(settings)
    if settings.secret and secret is None:
        raise _secret_needed(settings)
    made = Destination(
        tenant_id=context.tenant_id, id=new_id(), name=name, kind=kind, settings=plain,
        sealed_secret=None if secret is None else site().box.seal(secret),
        created_by=context.actor_id, created_at=now, updated_at=now,
    )  # fmt: skip
    session.add(made)
    await session.flush()
    event = DestinationChanged(aggregate_id=made.id, change="made", kind=kind)
    await publish(session, context, event, now=now)
    return made


async def change_destination(
    session: AsyncSession,
    context: Context,
    *,
    destination_id: UUID,
    name: str | None,
    settings: dict[str, Any] | None,
    if_match: str | None,
    now: datetime,
) -> Destination:
    """Give a destination another name or other settings.

    A kept secret goes only to where it went before: another host or user needs it anew.

    Raises:
        DestinationNotFound: there is none.
        VersionConflict: somebody changed it since.
        InvalidInput: settings that are none of this kind, a host that is not called, no secret.
    """
    context.demand(MANAGE)
    found = await destination_of(session, context, destination_id, lock=True)
    check_if_match(if_match, found.version)
    fields = []
    if name is not None:
        found.name = name
        fields.append("name")
    if settings is not None:
        fields += _change_settings(found, read_settings(found.kind, settings))
    found.version += 1
    found.updated_at = now
    await session.flush()
    event = DestinationChanged(
        aggregate_id=found.id, change="changed", kind=found.kind, fields=tuple(sorted(fields))
    )
    await publish(session, context, event, now=now)
    return found


async def remove_destination(
    session: AsyncSession, context: Context, *, destination_id: UUID, now: datetime
) -> None:
    """Put a destination away and forget its secret; what was delivered stays there.

    Raises:
        DestinationNotFound: there is none.
        DestinationInUse: something delivers to it again and again.
    """
    context.demand(MANAGE)
    found = await destination_of(session, context, destination_id, lock=True)
    for guard in removal_guards:
        await guard(session, context, destination_id)
    found.archived_at, found.sealed_secret = now, None
    found.version += 1
    await session.flush()
    event = DestinationChanged(aggregate_id=found.id, change="removed", kind=found.kind)
    await publish(session, context, event, now=now)


def _change_settings(found: Destination, settings: AnySettings) -> list[str]:
    check_place(settings, allow_private=site().allow_private)
    plain, secret = parted(settings)
    changed = [name for name in plain if plain[name] != found.settings.get(name)]
    if settings.secret and secret is None and set(changed) & set(settings.place):
        raise _secret_needed(settings)
    if secret is not None:
        found.sealed_secret = site().box.seal(secret)
        changed.append(settings.secret or "")
    found.settings = plain
    return changed


def read_settings(kind: str, given: dict[str, Any]) -> AnySettings:
    """Return settings of a kind; raises `InvalidInput`, which repeats nothing that was given."""
    try:
        return KINDS[kind].model_validate(given)
    except ValidationError as error:
        places = [".".join(str(part) for part in each["loc"]) for each in error.errors()]
        wrong = tuple(
            FieldError(f"body.settings.{place}", each["type"], each["msg"])
            for place, each in zip(places, error.errors(), strict=True)
        )
        raise InvalidInput("These settings do not fit.", errors=wrong) from None


def _secret_needed(settings: AnySettings) -> InvalidInput:
    hint = "Give it: one that is kept is not sent to another place or user."
    return InvalidInput.field(f"body.settings.{settings.secret}", "secret_needed", hint)
