"""Identity as seen from a service that keeps neither keys nor credentials: it asks `auth`."""

from datetime import datetime
from uuid import UUID

from metatron.kernel.database.database import Database
from metatron.kernel.http.peers import Credential, Peer
from metatron.kernel.settings import Settings

AUTH = "auth"
PEOPLE_PATH = "/auth/services/people"
UPKEEP_PATH = "/auth/services/upkeep"
ERASURES_PATH = "/auth/services/erasures"


class AuthAway:
    """What other services need of `auth`; each call bears repetition."""

    def __init__(self, peer: Peer) -> None:
        """Take the way there."""
        self._peer = peer

    @classmethod
    def open(cls, settings: Settings) -> "AuthAway":
        """Prepare the calls; nothing is sent yet.

        Raises:
            ValueError: this service was given no credential.
        """
        if not settings.service_client_id:
            message = "a service apart needs METATRON_SERVICE_CLIENT_ID and _SECRET"
            raise ValueError(message)
        credential = Credential(
            settings.service_client_id, settings.service_client_secret.get_secret_value()
        )
        return cls(Peer(AUTH, settings.auth_url, credential))

    async def ensure_person(
        self, _database: Database, *, email: str, display_name: str, now: datetime
    ) -> UUID:
        """Return the id of the person with this address, made unverified if there is none.

        `now` is the caller's; `auth` goes by its own clock.

        Raises:
            InvalidInput: not an address.
            ServiceUnavailable: `auth` does not answer.
        """
        assert now.tzinfo is not None, "instants are aware"
        body = {"email": email, "display_name": display_name}
        answer = await self._peer.post(PEOPLE_PATH, body, repeatable=True)
        return UUID(answer["user_id"])

    async def prune(self) -> None:
        """Let `auth` forget what is over; raises `ServiceUnavailable`."""
        await self._peer.post(UPKEEP_PATH, {}, repeatable=True)

    async def erase_person(self, user_id: UUID) -> None:
        """Let `auth` end an account for good; raises `ServiceUnavailable`."""
        await self._peer.post(ERASURES_PATH, {"user_id": str(user_id)}, repeatable=True)

    async def close(self) -> None:
        """Close the connections."""
        await self._peer.close()


_away: AuthAway | None = None


def settle_away(away: AuthAway | None) -> None:
    """Take note of where identity is kept; None: in this process."""
    global _away
    _away = away


def away() -> AuthAway | None:
    """Return the way to `auth` where that is another process."""
    return _away
