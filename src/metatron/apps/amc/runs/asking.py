"""Asking for a run: parameters bound, window evaluated, query checked, and queued."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.declarations import as_rows
from metatron.apps.amc.library.errors import WorkflowNotFound
from metatron.apps.amc.permissions import RUN
from metatron.apps.amc.runs import refusing, windows
from metatron.apps.amc.runs.destined import destinations_left, hold_destinations
from metatron.apps.amc.runs.events import RunAsked
from metatron.apps.amc.runs.made_up import is_made_up
from metatron.apps.amc.runs.one_line import one_line
from metatron.apps.amc.runs.parameters import Binding, bind, filled
from metatron.apps.amc.runs.records import demand_text, load
from metatron.apps.amc.runs.sources import (
    Place,
    Query,
    place_of,
    query_of_workflow,
    read_parameters,
)
from metatron.apps.amc.runs.tables import Run
from metatron.apps.amc.runs.turns import call_turn
from metatron.apps.amc.runs.windows import Calendar, Explicit, Rolling, Span
from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id

LONGEST_NAME = 200
LONGEST_SENT = 100_000
_MATCHES = text("select cast(:value as text) ~ ('^(?:' || cast(:pattern as text) || ')$')")
_COUNTED = text("""
update amc.workflow set runs = runs + 1, last_run_at = :now
where tenant_id = :tenant_id and id = :workflow_id
""")
_RULE: TypeAdapter[Explicit | Rolling | Calendar] = TypeAdapter(windows.WindowRule)


@dataclass(frozen=True, slots=True)
class Origin:
    """Who asks: a person, or a record of another room that is named by its id."""

    kind: str = "person"
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """A run somebody wants: what, where, with which values, over which window."""

    instance_id: UUID
    query: Query
    rule: Explicit | Rolling | Calendar
    values: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    dry_run: bool = False
    require_synthetic_data: bool = False
    disable_aggregation_controls: bool = False
    name: str | None = None
    origin: Origin = Origin()
    destination_ids: tuple[UUID, ...] = ()
    """Where the result is taken to; a room above knows them."""
    span: Span | None = None
    """A window already decided on, in place of what the rule comes to now."""
    time_zone: str | None = None
    """The zone that the window is read in, if not the client's."""


async def ask(session: AsyncSession, context: Context, *, wish: Wish, now: datetime) -> Run:
    """Queue a run; it is submitted as soon as its instance has room.

    Raises:
        InstanceNotFound, InstanceGone, InstanceUnusable: nothing can run there.
        DestinationNotFound: there is no such destination.
        InvalidInput: values or window do not fit, the query cannot be put on one line, made-up
            data are not to be had there.
        QueryRefused: AMC would refuse the query, and this is no dry run.
    """
    context.demand(RUN)
    place = await place_of(session, context, wish.instance_id)
    uncontrolled = wish.disable_aggregation_controls
    made_up = is_made_up(place, asked=wish.require_synthetic_data, uncontrolled=uncontrolled)
    await hold_destinations(session, context, wish.destination_ids)
    bound = bind(wish.query.parameters, wish.values)
    await _hold_against_patterns(session, bound)
    if len(one_line(filled(wish.query.sql, bound)).text) > LONGEST_SENT:
        hint = f"AMC takes {LONGEST_SENT:,} characters at most."
        raise InvalidInput.field("body.sql", "too_long", hint)
    span = wish.span or await _span(wish, place, bound, now)
    if not wish.dry_run:
        in_utc = windows.in_utc(span, wish.time_zone or place.time_zone)
        told = await refusing.remarks(
            wish.query.sql, bound, in_utc, now=now, listed=place.listed, controls=not uncontrolled
        )
        refusing.refuse(told)
    run = _row(context, wish, place, bound=bound, span=span, made_up=made_up, now=now)
    session.add(run)
    await session.flush()
    if wish.query.workflow_id is not None and wish.origin.kind != "trial":
        counted = {
            "tenant_id": context.tenant_id, "workflow_id": wish.query.workflow_id, "now": now,
        }  # fmt: skip
        await session.execute(_COUNTED, counted)
    await call_turn(session, context, instance_id=run.instance_id, at=now, now=now)
    event = RunAsked(
        aggregate_id=run.id, instance_id=run.instance_id, workflow_id=run.workflow_id,
        origin=run.origin, origin_id=run.origin_id,
    )  # fmt: skip
    await publish(session, context, event, now=now)
    return run


async def ask_again(session: AsyncSession, context: Context, *, run_id: UUID, now: datetime) -> Run:
    """Queue a run with the binding of another; its window rule is evaluated anew.

    Raises:
        RunNotFound: there is no such run; and what `ask` raises.
        TextPrivate: it is of somebody else's private workflow.
    """
    context.demand(RUN)
    former = await load(session, context, run_id, level="run")
    await demand_text(session, context, former)
    query = Query(
        former.sql, read_parameters(former.parameters), former.privacy,
        workflow_id=former.workflow_id, number=former.workflow_version,
    )  # fmt: skip
    if former.workflow_id is not None:
        # Its name; an archived one's runs can be asked for again all the same.
        with suppress(WorkflowNotFound):
            query = await query_of_workflow(
                session, context, workflow_id=former.workflow_id, number=former.workflow_version
            )
    wish = Wish(
        former.instance_id, query, _RULE.validate_python(former.window_rule),
        former.values, former.value_sources, former.dry_run,
        former.require_synthetic_data, former.disable_aggregation_controls,
        destination_ids=await destinations_left(session, context, former.destination_ids),
    )  # fmt: skip
    return await ask(session, context, wish=wish, now=now)


async def _span(wish: Wish, place: Place, bound: Binding, now: datetime) -> Span:
    settles = await refusing.reads_traffic_time(wish.query.sql, bound.tables)
    lag = windows.lag_days(reads_traffic_time=settles)
    zone = wish.time_zone or place.time_zone
    return windows.span_of(wish.rule, zone=zone, lag=lag, now=now)


async def _hold_against_patterns(session: AsyncSession, bound: Binding) -> None:
    """Let the database match: its expressions cannot hang this process, and end with the request.

    Raises:
        InvalidInput: a value does not match, or the pattern is none.
    """
    for name, pattern, value in bound.patterns:
        try:
            async with session.begin_nested():
                asked = {"pattern": pattern, "value": value}
                fits = (await session.execute(_MATCHES, asked)).scalar_one()
        except DBAPIError as error:
            raise InvalidInput.field(
                f"body.values.{name}", "bad_pattern", "The parameter's pattern cannot be read."
            ) from error
        if not fits:
            hint = f"{name} must look like {pattern}"
            raise InvalidInput.field(f"body.values.{name}", "bad_value", hint)


def _row(
    context: Context,
    wish: Wish,
    place: Place,
    *,
    bound: Binding,
    span: Span,
    made_up: bool,
    now: datetime,
) -> Run:
    run_id = new_id()
    given = {name: wish.values[name] for name in wish.values if wish.values[name] is not None}
    defaults = {each.name: each.default for each in wish.query.parameters if each.name not in given}
    return Run(
        tenant_id=context.tenant_id,
        id=run_id,
        name=wish.name or name_of(wish.query.name, place, span),
        instance_id=place.id,
        workflow_id=wish.query.workflow_id,
        workflow_version=wish.query.number,
        sql=wish.query.sql,
        parameters=as_rows(wish.query.parameters),
        values=defaults | given,
        value_sources=bound.sources | {
            name: source for name, source in wish.sources.items() if name in bound.sources
        },
        window_rule=wish.rule.model_dump(mode="json"),
        window_start=span.start,
        window_end=span.end,
        time_zone=wish.time_zone or place.time_zone,
        privacy=wish.query.privacy,
        extra_columns=place.extra_columns,
        dry_run=wish.dry_run,
        require_synthetic_data=made_up,
        disable_aggregation_controls=wish.disable_aggregation_controls,
        origin=wish.origin.kind,
        origin_id=wish.origin.id,
        destination_ids=[str(each) for each in dict.fromkeys(wish.destination_ids)],
        state="queued",
        marker=f"metatron-{run_id.hex}",
        requested_by=context.actor_id,
        created_at=now,
        next_at=now,
    )  # fmt: skip


def name_of(workflow: str | None, place: Place, span: Span) -> str:
    """Return "brand - template - first day - last day"; a client without brand stands for one."""
    brand = place.brands[0] if place.brands else place.name
    last = max(span.start.date(), (span.end - windows.DAY).date())
    days = f"{span.start.date().isoformat()} - {last.isoformat()}"
    head = f"{brand} - {workflow or 'Query'}"
    return f"{head[: LONGEST_NAME - len(days) - 3]} - {days}"
