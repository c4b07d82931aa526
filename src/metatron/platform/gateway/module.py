"""The manifest of the gateway."""

from typing import Any

from metatron.kernel.module import Module
from metatron.platform.gateway import errors
from metatron.platform.gateway.gate import IdentityGate
from metatron.platform.gateway.limits import open_limiter
from metatron.platform.gateway.listener import AccessListener
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

    def heard(payload: str) -> None:
        gate.passes.clear()
        if payload.startswith("keys:"):
            gate.keys.forget()
        else:
            gate.facts.heard(payload)

    def lost() -> None:
        gate.passes.clear()
        gate.facts.forget_all()
        gate.keys.forget()

    dsn = runtime.settings.database_system_url.get_secret_value()
    listener = AccessListener(dsn, heard=heard, lost=lost)
    await listener.start()
    runtime.closing.append(listener.stop)
    runtime.app.state.gate = gate


_PERSON = (errors.EmailUnverified, errors.SecondFactorMissing)
_KEY = (MissingApiKey, InvalidApiKeyFormat, InvalidApiKey, errors.AddressNotAllowed)

MODULE = Module(
    name="gateway",
    title="Gateway",
    needs=("tenancy", "identity"),
    refusals={
        "signed_in": (*_PERSON, *_KEY),
        "permission": (*_PERSON, *_KEY),
        "operator": (*_PERSON, errors.AdminKeyNotConfigured, errors.InvalidAdminKey),
    },
    startup=(start, open_limiter),
)
