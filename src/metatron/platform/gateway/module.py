"""The manifest of the gateway."""

from functools import partial
from pathlib import Path
from typing import Any

from metatron.kernel.database.wake import CHANNEL as OUTBOX_CHANNEL
from metatron.kernel.events.jobs import Job, Schedule
from metatron.kernel.module import Module, Retention, routers_in
from metatron.platform.gateway import api_log, errors
from metatron.platform.gateway.allowances import FORGET, forget_allowances
from metatron.platform.gateway.deprecations import keep_writing_callers, write_callers
from metatron.platform.gateway.gate import IdentityGate
from metatron.platform.gateway.limits import open_limiter
from metatron.platform.gateway.personal_data import PERSONAL_DATA
from metatron.platform.gateway.stream import feed_of
from metatron.platform.tenancy.interface import (
    ACCESS_CHANNEL,
    InvalidApiKey,
    InvalidApiKeyFormat,
    LimitReached,
    MissingApiKey,
)


async def start(runtime: Any) -> None:
    """Open the gate of a process that serves HTTP."""
    if runtime.app is None:
        return
    gate = IdentityGate(runtime.database, runtime.settings)
    await gate.keys.load()

    feed = feed_of(runtime.database, runtime.modules)

    def heard(payload: str) -> None:
        gate.passes.clear()
        if payload.startswith("keys:"):
            gate.keys.forget()
        else:
            gate.facts.heard(payload)
            feed.doubt(payload)

    def lost() -> None:
        gate.passes.clear()
        gate.facts.forget_all()
        gate.keys.forget()
        feed.doubt_all()

    channels = {ACCESS_CHANNEL: heard, OUTBOX_CHANNEL: feed.heard}
    deaf = await runtime.database.listener.hear(channels, lost=lost)
    runtime.run(feed.sweep())
    runtime.run(keep_writing_callers(runtime.database.system))
    writing = partial(write_callers, runtime.database.system)
    log = api_log.ApiLog(runtime.database.system)
    runtime.run(log.keep_writing())
    runtime.closing += [deaf, feed.close, writing, log.write]
    runtime.app.state.gate, runtime.app.state.feed = gate, feed


_PERSON = (errors.EmailUnverified, errors.SecondFactorMissing)
_KEY = (MissingApiKey, InvalidApiKeyFormat, InvalidApiKey, errors.AddressNotAllowed, LimitReached)

MODULE = Module(
    name="gateway",
    title="Gateway",
    needs=("tenancy", "identity"),
    routers=routers_in(
        "metatron.platform.gateway",
        "stream",
        "api_log_routes",
        "admin_deprecation_routes",
        "admin_call_routes",
    ),
    refusals={
        "signed_in": (*_PERSON, *_KEY, errors.ModuleDisabled),
        "permission": (*_PERSON, *_KEY, errors.ModuleDisabled),
        "operator": (*_PERSON, errors.AdminKeyNotConfigured, errors.InvalidAdminKey),
    },
    jobs=(
        Job(FORGET, forget_allowances, transactional=False),
        Job(api_log.FORGET, api_log.forget_api_calls, transactional=False),
    ),
    schedules=(
        Schedule(FORGET, "17 * * * *", FORGET),
        Schedule(api_log.FORGET, "23 3 * * *", api_log.FORGET),
    ),
    global_tables=("gateway.allowance",),
    home_tables=(
        "gateway.allowance",
        "gateway.month_calls",
        "gateway.deprecated_call",
        "gateway.api_call_batch",
    ),
    retention=(
        Retention("gateway.allowance", 1),
        Retention("gateway.month_calls", 400),
        Retention("gateway.deprecated_call", 400),
        Retention("gateway.api_call_batch", api_log.KEPT_DAYS),
    ),
    personal_data=PERSONAL_DATA,
    migrations=Path(__file__).parent / "migrations",
    startup=(start, open_limiter),
)
