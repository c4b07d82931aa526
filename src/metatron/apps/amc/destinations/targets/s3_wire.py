"""The way to a destination's bucket: to the one address that was looked up, never redirected."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from metatron.apps.amc.destinations.kinds import S3Settings
from metatron.apps.amc.destinations.site import site
from metatron.apps.amc.destinations.targets.outcome import Away, Refused
from metatron.apps.amc.destinations.targets.reaching import address_of, endpoint_of
from metatron.kernel.http import outward
from metatron.kernel.http.trust import authorities
from metatron.kernel.s3.signing import Signer
from metatron.kernel.s3.wire import TIMEOUT, StoreAway, StoreRefused, Wire, placed


@asynccontextmanager
async def wired(settings: S3Settings, secret: str) -> AsyncIterator[Wire]:
    """Give the wire to a bucket; what the store says within becomes `Refused` and `Away`."""
    allow_private = site().allow_private
    try:
        parts = endpoint_of(settings, allow_private=allow_private)
    except outward.NotOutward as error:
        raise Refused(str(error)) from error
    host, port, shown, base = placed(parts, settings.bucket, path_style=settings.path_style)
    ip = await address_of(host, port, allow_private=allow_private)
    place = f"[{ip}]:{port}" if ":" in ip else f"{ip}:{port}"
    signer = Signer(settings.access_key_id, secret, settings.region)
    async with httpx.AsyncClient(
        timeout=TIMEOUT, trust_env=False, follow_redirects=False, verify=authorities()
    ) as client:
        try:
            yield Wire(client, place, parts.scheme, shown, base, signer)
        except StoreRefused as error:
            raise Refused(str(error)) from error
        except StoreAway as error:
            raise Away(str(error)) from error
