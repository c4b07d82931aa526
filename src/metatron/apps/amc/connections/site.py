"""Which Amazon this process speaks to, with what; read once when it starts."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from metatron.apps.amc.amazon.login import Login
from metatron.apps.amc.amazon.pacing import Pacing
from metatron.apps.amc.amazon.places import AMAZON, Places, Region, stand_in
from metatron.apps.amc.amazon.wire import open_http
from metatron.kernel.secrets import SecretBox
from metatron.kernel.settings import Settings

STAND_IN_CLIENT = "amzn1.application-oa2-client.local"
BACK = "/amc/connected"
"""The page's address to which a sign-in leads back."""


@dataclass(frozen=True, slots=True)
class Site:
    """Addresses by region, our client there, and what all calls share."""

    places: dict[Region, Places]
    client_id: str
    login_secret: str
    is_stand_in: bool
    public_url: str
    box: SecretBox
    http: httpx.AsyncClient
    pacing: Pacing

    @property
    def redirect_uri(self) -> str:
        """Where Amazon sends people back to."""
        return self.page(BACK)

    def page(self, path: str) -> str:
        """Return the address of a page."""
        return self.public_url + path

    def login(self, region: Region) -> Login:
        """Return the sign-in of a region."""
        return Login(self.http, self.places[region], self.client_id, self.login_secret)


_site: Site | None = None


def prepare(runtime: Any) -> None:
    """Take note of the process's settings (a module start-up hook)."""
    global _site
    _site = site_of(runtime.settings)
    runtime.closing.append(_site.http.aclose)


def site_of(settings: Settings) -> Site:
    """Return what the settings say."""
    is_stand_in = stand_in_in_use(settings)
    places = {region: _places(settings, region) for region in AMAZON}
    secret = settings.amazon_stand_in_secret if is_stand_in else settings.amazon_client_secret
    return Site(
        places=places,
        client_id=settings.amazon_client_id or STAND_IN_CLIENT,
        login_secret=secret.get_secret_value(),
        is_stand_in=is_stand_in,
        public_url=settings.public_url.rstrip("/"),
        box=SecretBox(settings.secret_keys.get_secret_value()),
        http=open_http(),
        pacing=Pacing(),
    )


def stand_in_in_use(settings: Settings) -> bool:
    """Tell whether the local stand-in answers for Amazon: until a client is registered there."""
    return not settings.amazon_client_id


def stand_in_origin(settings: Settings) -> str:
    """Return scheme, host and port of the local stand-in."""
    parts = urlsplit(settings.amazon_stand_in_url)
    return f"{parts.scheme}://{parts.netloc}"


def _places(settings: Settings, region: Region) -> Places:
    if stand_in_in_use(settings):
        return stand_in(settings.amazon_stand_in_url.rstrip("/"))
    known = AMAZON[region]
    return Places(
        settings.amazon_api_urls.get(region, known.api).rstrip("/"),
        settings.amazon_consent_urls.get(region, known.consent),
        settings.amazon_token_urls.get(region, known.token),
    )


def site() -> Site:
    """Return what `prepare` noted."""
    assert _site is not None, "start the process's modules first"
    return _site
