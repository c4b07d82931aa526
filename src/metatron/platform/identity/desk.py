"""What the identity process holds: signing keys, the hashing threads, the box of secrets."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import orjson
from joserfc.jwk import KeySet

from metatron.kernel.secrets import SecretBox
from metatron.kernel.settings import Settings
from metatron.kernel.tokens import key_set
from metatron.platform.identity.access_tokens import TokenIssuer
from metatron.platform.identity.breached_passwords import BreachedPasswords
from metatron.platform.identity.keys import KeyRing
from metatron.platform.identity.password_hashing import HashPool, hash_threads

RP_NAME = "Metatron"


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a sign-in needs besides the database."""

    settings: Settings
    issuer: TokenIssuer
    hashes: HashPool
    secrets: SecretBox
    breached: BreachedPasswords | None = None

    @classmethod
    def open(cls, settings: Settings, *, now: datetime) -> "Desk":
        """Read or make the signing keys and start the hashing threads.

        Raises:
            ValueError: no folder of signing keys, or no secret key is configured, or the file of
                breached passwords is none.
        """
        if settings.signing_key_dir is None:
            message = "identity needs the folder of signing keys (METATRON_SIGNING_KEY_DIR)"
            raise ValueError(message)
        hashes_of_breaches = settings.breached_passwords
        ring = KeyRing(settings.signing_key_dir, now=now)
        return cls(
            settings,
            TokenIssuer(ring, settings.public_url),
            HashPool(threads=hash_threads(settings.workers)),
            SecretBox(settings.secret_keys.get_secret_value()),
            BreachedPasswords(hashes_of_breaches) if hashes_of_breaches else None,
        )

    def keys_now(self, now: datetime) -> KeySet:
        """Return the verifying keys in force."""
        return key_set(orjson.dumps(self.issuer.ring.document(now=now)))

    @property
    def is_https(self) -> bool:
        """Tell whether cookies must be `Secure`."""
        return self.settings.public_url.startswith("https://")

    @property
    def host(self) -> str:
        """Return the platform's host name: the relying party of passkeys."""
        return urlsplit(self.settings.public_url).hostname or "localhost"

    @property
    def origin(self) -> str:
        """Return the page's origin: scheme, host and port."""
        parts = urlsplit(self.settings.public_url)
        return f"{parts.scheme}://{parts.netloc}"

    def link(self, path: str, token: str) -> str:
        """Return a link of a mail; the token is in the fragment, which no server logs.

        The address comes from the settings, never from a request's Host header.
        """
        return f"{self.settings.public_url.rstrip('/')}{path}#token={token}"
