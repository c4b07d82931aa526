"""The bucket that the settings name (`METATRON_FILES_S3_...`), and the connection to it."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urlsplit

import httpx

from metatron.kernel.http.trust import authorities
from metatron.kernel.s3.signing import Signer
from metatron.kernel.s3.wire import Wire, placed

TIMEOUT = httpx.Timeout(10.0, connect=3.0)
"""Of each read and write, not of the whole: a slow content is not a dead one."""
CONNECTIONS = httpx.Limits(max_connections=32, max_keepalive_connections=8, keepalive_expiry=20)


@dataclass(frozen=True, slots=True)
class Place:
    """A bucket, where it is and who calls it. Operators name it, so it may be inside."""

    endpoint: SplitResult
    region: str
    bucket: str
    prefix: str
    access_key: str
    secret: str = field(repr=False)
    path_style: bool

    def wire(self) -> Wire:
        """Return an open connection; whoever takes it closes its client."""
        host, port, shown, base = placed(self.endpoint, self.bucket, path_style=self.path_style)
        place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        client = httpx.AsyncClient(
            timeout=TIMEOUT,
            limits=CONNECTIONS,
            trust_env=False,
            follow_redirects=False,
            verify=authorities(),
        )
        signer = Signer(self.access_key, self.secret, self.region)
        return Wire(client, place, self.endpoint.scheme, shown, base, signer)


def place_of(settings: Any) -> Place | None:
    """Return the bucket of the settings, which are whole; None where contents stay in the folder.

    Raises:
        OSError: the file of the secret is no more to be read.
    """
    if not settings.files_s3_bucket:
        return None
    region, file = settings.files_s3_region, settings.files_s3_secret_file
    secret = settings.files_s3_secret.get_secret_value() if file is None else file.read_text()
    return Place(
        endpoint=urlsplit(settings.files_s3_endpoint or f"https://s3.{region}.amazonaws.com"),
        region=region,
        bucket=settings.files_s3_bucket,
        prefix=settings.files_s3_prefix.strip("/"),
        access_key=settings.files_s3_access_key,
        secret=secret.strip(),
        path_style=settings.files_s3_path_style,
    )
