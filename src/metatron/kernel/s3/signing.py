"""AWS Signature Version 4 in the Authorization header, as S3-like stores take it."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

ALGORITHM = "AWS4-HMAC-SHA256"
EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Signer:
    """A key and the place it is used at."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    region: str
    service: str = "s3"

    def headers(
        self,
        method: str,
        path: str,
        query: str,
        headers: Mapping[str, str],
        *,
        payload_sha256: str,
        at: datetime,
    ) -> dict[str, str]:
        """Return `headers` (names in lower case, host among them) with date and signature.

        Args:
            method: in capitals.
            path: encoded, as it is sent.
            query: encoded and sorted, as `encoded_query` makes it.
            headers: all of them are signed.
            payload_sha256: of the body, in hexadecimal.
            at: an instant of UTC; the store compares it with its own clock.
        """
        stamp = at.strftime("%Y%m%dT%H%M%SZ")
        told = {**headers, "x-amz-date": stamp}
        if self.service == "s3":
            told["x-amz-content-sha256"] = payload_sha256
        names = ";".join(sorted(told))
        lines = "".join(f"{name}:{' '.join(told[name].split())}\n" for name in sorted(told))
        request = f"{method}\n{path}\n{query}\n{lines}\n{names}\n{payload_sha256}"
        scope = f"{stamp[:8]}/{self.region}/{self.service}/aws4_request"
        digest = hashlib.sha256(request.encode()).hexdigest()
        text = f"{ALGORITHM}\n{stamp}\n{scope}\n{digest}"
        signature = hmac.new(self._key(stamp[:8]), text.encode(), hashlib.sha256).hexdigest()
        told["authorization"] = (
            f"{ALGORITHM} Credential={self.access_key_id}/{scope},"
            f"SignedHeaders={names},Signature={signature}"
        )
        return told

    def _key(self, day: str) -> bytes:
        key = f"AWS4{self.secret_access_key}".encode()
        for part in (day, self.region, self.service, "aws4_request"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        return key


def encoded_path(path: str) -> str:
    """Return a path as S3 wants it signed: encoded once, slashes kept."""
    return quote(path, safe="/-_.~")


def encoded_query(query: Mapping[str, str]) -> str:
    """Return a query sorted and encoded; a name without a value keeps its equals sign."""
    pairs = sorted((quote(name, safe="-_.~"), quote(query[name], safe="-_.~")) for name in query)
    return "&".join(f"{name}={value}" for name, value in pairs)
