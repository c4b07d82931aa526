"""The manifest of the gateway."""

from typing import Any

from metatron.kernel.database.wake import CHANNEL as OUTBOX_CHANNEL
from metatron.kernel.module import Module
from metatron.platform.gateway import errors
from metatron.platform.gateway.gate import IdentityGate
from metatron.platform.gateway.limits import open_limiter
from metatron.platform.gateway.listener import CHANNEL, AccessListener
from metatron.platform.gateway.stream import feed_of, router
from metatron.platform.tenancy.interface import (
    InvalidApiKey,
    InvalidApiKeyFormat,
    MissingApiKey,
)


async def start(runtime: Any) -> None:
    """Open the gate of a process that serves HTTP."""
    if runtime.app is None:
        return
    gate = IdentityGate(runtime.database, runtime.settings)
    await gate.keys.load()

    feed = feed_of(runtime.database)

    def heard(payload: str) -> None:
        if payload.startswith("keys:"):
            gate.keys.forget()
        else:
            gate.facts.heard(payload)
            feed.doubt(payload)

    def lost() -> None:
        gate.facts.forget_all()
        gate.keys.forget()
        feed.doubt_all()

    dsn = runtime.settings.database_system_url.get_secret_value()
    channels = {CHANNEL: heard, OUTBOX_CHANNEL: feed.heard}
    listener = AccessListener(dsn, heard=channels, lost=lost)
    await listener.start()
    runtime.run(feed.sweep())
    runtime.closing += [listener.stop, feed.close]
    runtime.app.state.gate, runtime.app.state.feed = gate, feed


_PERSON = (errors.EmailUnverified, errors.SecondFactorMissing)
_KEY = (MissingApiKey, InvalidApiKeyFormat, InvalidApiKey, errors.AddressNotAllowed)

MODULE = Module(
    name="gateway",
    title="Gateway",
    needs=("tenancy", "identity"),
    routers=(router,),
    refusals={
        "signed_in": (*_PERSON, *_KEY),
        "permission": (*_PERSON, *_KEY),
        "operator": (*_PERSON, errors.AdminKeyNotConfigured, errors.InvalidAdminKey),
    },
    startup=(start, open_limiter),
)
