"""Module manifests: what a module brings to the processes it takes part in."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from metatron.kernel.database.resealing import Sealed
from metatron.kernel.errors import DomainError
from metatron.kernel.events.audience import Audience
from metatron.kernel.events.jobs import Job, Schedule, Subscription, Tap
from metatron.kernel.personal_data import Obstacles, PersonalData

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from metatron.kernel.context import Context
    from metatron.kernel.http.routing import Router

type MoneyUnderWay = Callable[["AsyncSession", "Context"], Awaitable[Mapping[str, int]]]
"""Takes a tenant's session; returns minor units by currency."""


@dataclass(frozen=True, slots=True)
class Permission:
    """A right that roles can carry: `name` is `<module>:<verb>`."""

    name: str
    description: str


@dataclass(frozen=True, slots=True)
class Retention:
    """How long rows of a table are kept once they are over; neither days nor hours: for good.

    With `since`, a column of a tenant table, the worker deletes rows as many days after it; the
    module deletes by itself what it gives no column for.
    """

    table: str
    days: int | None = None
    hours: int | None = None
    since: str | None = None


def routers_in(package: str, *names: str) -> tuple[str, ...]:
    """Return where routers stand: `router` of the named modules, or "module:name" for another."""
    return tuple(
        f"{package}.{name}" if ":" in name else f"{package}.{name}:router" for name in names
    )


@dataclass(frozen=True, slots=True)
class Module:
    """The manifest.

    `optional` modules can be switched off per tenant; `needs` names the modules that must then be
    on. `global_tables` carry no tenant; `home_tables` stay in the home database when a tenant
    has one of its own.
    """

    name: str
    title: str
    needs: tuple[str, ...] = ()
    optional: bool = False
    outlives_suspension: bool = False
    """An optional module's jobs wait while an organisation is suspended; those of one that owes
    people something by a date go on."""
    service: str = "core"
    """The service that answers its routes where services run apart (`metatron/services.py`)."""
    routers: Sequence["str | Router"] = ()
    """Routers, or where they stand ("package.module:name"): only a process that serves HTTP imports
    those, for a few hundred routes and their schemas take 40 MB."""
    jobs: Sequence[Job] = ()
    subscriptions: Sequence[Subscription] = ()
    tap: Tap | None = None
    """Its reaction to events of any name, of tenants that want it."""
    schedules: Sequence[Schedule] = ()
    permissions: Sequence[Permission] = ()
    role_grants: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """What this module adds to the system roles: role name -> permissions."""
    configuration: type[BaseModel] | None = None
    """What `PATCH /modules/{name}` takes; only a module that reads it from there names one."""
    settings_path: str | None = None
    """The address below the API of settings the module keeps itself, with rights of their own."""
    money_under_way: MoneyUnderWay | None = None
    """Tells what a tenant's money comes to that was paid, and is neither paid out nor back yet."""
    retention: Sequence[Retention] = ()
    personal_data: Sequence[PersonalData] = ()
    """What it keeps about people: all that `platform.personal_data` copies out and erases."""
    obstacles: Obstacles | None = None
    """Tells what stands in the way of erasing somebody now, such as money on its way."""
    global_tables: tuple[str, ...] = ()
    home_tables: tuple[str, ...] = ()
    migrations: Path | None = None
    sealed: Sequence[Sealed] = ()
    """Columns that hold secrets under the installation's keys, which `metatron keys rotate`
    renews."""
    refusals: Mapping[str, tuple[type[DomainError], ...]] = field(default_factory=dict)
    """What it adds to the OpenAPI document's refusals: a route's kind of access (its gate's), or
    the operation id of another module's route that calls back into it -> refusals."""
    watch: str | None = None
    """The right with which a person is told, as it happens, that records of this module changed."""
    audience: Audience | None = None
    """Who of those is told of which records; None tells all of them of all."""
    startup: Sequence[Callable[[Any], Any]] = field(default=())
    """Called with the `Runtime` when a process starts; may return an awaitable."""
