"""The verifying halves of the signing keys, as identity publishes them."""

import time

import orjson
from joserfc.jwk import KeySet

from metatron.kernel.database.database import Database
from metatron.kernel.tokens import Claims, ServiceTokenVerifier, TokenVerifier, UnknownKey

AUDIENCE = "metatron"
LOOK_AGAIN_SECONDS = 2.0
RELOAD_SECONDS = 60.0
_KEYS = """
select coalesce(json_agg(jwk), '[]')::text from identity.pub_signing_key
where retires_at is null or retires_at > now()
"""
_NONE_YET = "[]"


class VerifyingKeys:
    """Verifies tokens; loads the keys again when one is unknown, and once a minute."""

    def __init__(self, database: Database, issuer: str) -> None:
        """Start without keys; see `load`."""
        self._database = database
        self._users = TokenVerifier(issuer=issuer, audience=AUDIENCE)
        self._issuer = issuer
        self._services: dict[str, ServiceTokenVerifier] = {}
        self._key_set: KeySet | None = None
        self._document = ""
        self._loaded_at = 0.0

    async def load(self) -> None:
        """Read the published keys; remembered tokens survive unless the keys changed."""
        document = await self._database.system.fetchval(_KEYS)
        self._loaded_at = time.monotonic()
        if document == _NONE_YET:
            # Another process publishes the first ones at its start; until then no token holds.
            return
        if document != self._document:
            self._document = document
            keys = KeySet.import_key_set({"keys": orjson.loads(document)})
            self._key_set = keys
            self._users.set_keys(keys)
            for each in self._services.values():
                each.set_keys(keys)

    def forget(self) -> None:
        """Load again at the next use."""
        self._loaded_at = 0.0

    async def user(self, token: str, *, now: float) -> Claims:
        """Return a user token's claims; raise `Unauthenticated`."""
        await self._refresh(RELOAD_SECONDS)
        try:
            return self._users.verify(token, now=now)
        except UnknownKey:
            await self._refresh(LOOK_AGAIN_SECONDS)
            return self._users.verify(token, now=now)

    def user_at_once(self, token: str, *, now: float) -> Claims | None:
        """Return a user token's claims if that needs no loading; raise `Unauthenticated`."""
        if time.monotonic() - self._loaded_at > RELOAD_SECONDS:
            return None
        return self._users.verify(token, now=now)

    async def service(
        self, token: str, *, now: float, audience: str | None = None
    ) -> dict[str, object]:
        """Return the claims of a service's token for `audience`, by default the whole platform.

        Raises:
            Unauthenticated: it is none, or it is for another service.
        """
        try:
            return self._for(audience or AUDIENCE).verify(token, now=now)
        except UnknownKey:
            await self._refresh(LOOK_AGAIN_SECONDS)
            return self._for(audience or AUDIENCE).verify(token, now=now)

    def _for(self, audience: str) -> ServiceTokenVerifier:
        if audience not in self._services:
            made = ServiceTokenVerifier(issuer=self._issuer, audience=audience, keys=self._key_set)
            self._services[audience] = made
        return self._services[audience]

    async def _refresh(self, oldest_seconds: float) -> None:
        if time.monotonic() - self._loaded_at > oldest_seconds:
            await self.load()
