"""Health at the root; the console's status below /api/v1."""

import hashlib
import time
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from metatron import __version__
from metatron.kernel.errors import DatabaseUnavailable
from metatron.kernel.http.access import operator, public
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Who
from metatron.kernel.telemetry.calls import DATABASE, STREAM
from metatron.kernel.telemetry.exposition import exposition
from metatron.platform.health.circles import cube
from metatron.platform.health.doctor import Diagnosis, Doctor
from metatron.platform.health.instances import running_services
from metatron.platform.health.picture import Picture, pictures_of
from metatron.platform.health.schemas import (
    Brief,
    CheckRow,
    Detailed,
    Service,
    Services,
    Status,
    Summary,
)
from metatron.platform.health.status import cards, figures
from metatron.platform.tenancy.interface import ScopeTooNarrow, demand_everything

root_router = Router(tags=["health"])
root_router.at_root = True  # type: ignore[attr-defined]
router = Router(tags=["health"])
READ = "status:read"
GAUGES = (
    ("metatron_outbox_due", "Events and jobs due in the outbox, not yet moved on", "outbox_due"),
    ("metatron_queue_waiting", "Jobs waiting in the queue", "waiting"),
    ("metatron_queue_oldest_seconds", "Age of the oldest due event or job", "oldest_seconds"),
    ("metatron_dead_letters", "Jobs that failed for good and are held", "dead"),
    ("metatron_stream_behind", "Numbered events that are not in Redis yet", "stream_behind"),
    ("metatron_database_milliseconds", "Time of one trivial statement", "database_ms"),
)


@root_router.get("/health/live", response_model=Brief)
@public(rate_class="unlimited")
async def live() -> Brief:
    """Answer while the process turns; asks nobody."""
    return Brief(status="healthy")


@root_router.get("/health/ready", response_model=Brief, responses={503: {"model": Brief}})
@public(rate_class="unlimited")
async def ready(request: Request, response: Response) -> Brief:
    """Tell whether requests can be served: 200 or 503."""
    diagnosis = await _doctor(request).diagnosis()
    response.status_code = 200 if diagnosis.ready else 503
    return Brief(status=diagnosis.state)


@root_router.get("/health", response_model=Summary, responses={503: {"model": Summary}})
@public(rate_class="unlimited")
async def health(request: Request, response: Response) -> Summary:
    """Tell the state of every check, without figures."""
    doctor = _doctor(request)
    diagnosis = await doctor.diagnosis()
    response.status_code = 200 if diagnosis.ready else 503
    return _summary(doctor, diagnosis)


@root_router.get("/health/services", response_model=Services)
@public(raises=(DatabaseUnavailable,), rate_class="public")
async def services(database: Db) -> Services:
    """Tell which services beat."""
    found = await running_services(database.system)
    return Services(services=[Service.model_validate(row) for row in found])


@root_router.get("/health/detailed", response_model=Detailed)
@operator(READ, raises=(ScopeTooNarrow,))
async def detailed(request: Request, database: Db, context: Who) -> Detailed:
    """Show every check with its figures, at most two seconds old."""
    await demand_everything(database, context, READ)
    doctor = _doctor(request)
    return _detailed(doctor, await doctor.diagnosis())


@root_router.post("/health/run", response_model=Detailed)
@operator(READ, raises=(ScopeTooNarrow,))
async def run_now(request: Request, database: Db, context: Who) -> Detailed:
    """Ask every check now."""
    await demand_everything(database, context, READ)
    doctor = _doctor(request)
    diagnosis = await doctor.diagnosis(fresh=True)
    database.keep(pictures_of).forget()
    return _detailed(doctor, diagnosis)


@root_router.get("/metrics", response_class=Response)
@operator(READ, raises=(ScopeTooNarrow,))
async def metrics(request: Request, database: Db, context: Who) -> Response:
    """Show metrics in Prometheus' text format.

    Those of all processes of this machine; of this service alone where services run apart, for
    each is asked for its own.
    """
    await demand_everything(database, context, READ)
    diagnosis = await _doctor(request).diagnosis()
    measured = [
        (name, text, float(diagnosis.fact(fact)))
        for name, text, fact in GAUGES
        if diagnosis.fact(fact) is not None
    ]
    up = ("metatron_ready", "Whether requests can be served", float(diagnosis.ready))
    settings = request.app.state.settings
    body = exposition(settings.data_dir, [up, *measured], alone=bool(settings.service))
    return Response(body, media_type="text/plain; version=0.0.4; charset=utf-8")


@router.get("/admin/status", response_model=Status)
@operator(READ, raises=(ScopeTooNarrow,))
async def status(request: Request, database: Db, context: Who) -> Response:
    """Feed the console: cards, checks, services and the last ten minutes; only measured figures."""
    await demand_everything(database, context, READ)
    pictures = database.keep(pictures_of)
    picture = await pictures.shown(lambda: _picture(request, database))
    headers = {"etag": picture.tag}
    if request.headers.get("if-none-match") == picture.tag:
        return Response(status_code=304, headers=headers)
    return Response(picture.body, media_type="application/json", headers=headers)


async def _picture(request: Request, database: Db) -> Picture:
    diagnosis = await _doctor(request).diagnosis()
    latest, history, windows = await figures(database)
    running = await running_services(database.system)
    answer = Status.model_validate(
        {
            "state": diagnosis.state,
            "version": __version__,
            "environment": request.app.state.settings.environment,
            "sampled_at": latest.get("taken_at"),
            "cards": cards(latest, windows, running, request.app.state.settings.card_limits),
            "checks": _rows(diagnosis),
            "services": running,
            "history": history,
            "cube": await _cube(database, diagnosis, running),
        }
    )
    # Milliseconds of the checks differ at each look; the tag follows what the samples say.
    said = answer.model_dump_json(exclude={"checks": {"__all__": {"response_ms", "facts"}}})
    tag = f'"{hashlib.sha256(said.encode()).hexdigest()[:24]}"'
    return Picture(answer.model_dump_json().encode(), tag)


def _doctor(request: Request) -> Doctor:
    doctor: Doctor = request.app.state.doctor
    return doctor


async def _cube(
    database: Db, diagnosis: Diagnosis, running: list[dict[str, Any]]
) -> dict[str, Any]:
    checks = {finding.name: finding.state for finding in diagnosis.findings}
    stream = checks.get("queue")
    if stream == "healthy":
        # Events reach our own handlers without Redis, but not those outside.
        stream = checks.get("redis", stream)
    found = ((DATABASE, checks.get("database")), (STREAM, stream))
    states = {name: state for name, state in found if state is not None}
    counting = any(service["state"] == "healthy" for service in running)
    return await cube(database.system, counting=counting, states=states)


def _rows(diagnosis: Diagnosis) -> list[CheckRow]:
    return [CheckRow.model_validate(f, from_attributes=True) for f in diagnosis.findings]


def _summary(doctor: Doctor, diagnosis: Diagnosis) -> Summary:
    return Summary(
        status=diagnosis.state,
        version=__version__,
        uptime_seconds=round(time.monotonic() - doctor.started, 3),
        checks={finding.name: finding.state for finding in diagnosis.findings},
    )


def _detailed(doctor: Doctor, diagnosis: Diagnosis) -> Detailed:
    return Detailed(
        **_summary(doctor, diagnosis).model_dump(),
        checked_at=diagnosis.checked_at,
        findings=_rows(diagnosis),
    )
