"""A person at the public API: signs in by a link from the local mailbox, keeps the tokens fresh."""

import asyncio
import contextlib
import json
import re
import secrets
import ssl
import time
import uuid
from typing import Any, Self

import httpx

_LINK = re.compile(r"#token=([A-Za-z0-9_-]+)")
_TRUST = ssl.create_default_context()
"""Made once: reading the certificates takes longer than a person's whole campaign."""
MAIL_SECONDS = 120.0
BUSY_SECONDS = 180.0


class Problem(Exception):
    """Something did not go as it should; the text says what."""


def new_id() -> str:
    """Return a UUIDv7 (RFC 9562), made here and not by the server."""
    value = (time.time_ns() // 1_000_000 << 80) | secrets.randbits(80)
    value = value & ~(0xF << 76) | (0x7 << 76)
    value = value & ~(0x3 << 62) | (0x2 << 62)
    return str(uuid.UUID(int=value))


class Person:
    """One person with a browser of their own."""

    def __init__(self, base_url: str, email: str) -> None:
        """Open a client; nothing is sent yet."""
        self.email = email
        self._client = httpx.AsyncClient(
            base_url=base_url.rstrip("/") + "/api/v1",
            headers={"x-metatron-csrf": "1", "user-agent": "first-campaign"},
            timeout=60,
            verify=_TRUST,
        )

    async def __aenter__(self) -> Self:
        """Return the person."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the client."""
        await self.close()

    async def close(self) -> None:
        """Close the client."""
        await self._client.aclose()

    async def sign_in(self, organisation: str | None = None) -> None:
        """Ask for a link, wait for its mail, open it; then enter `organisation` if one is given."""
        await self.post("/auth/send-magic-link", {"email": self.email})
        ends = time.monotonic() + MAIL_SECONDS
        tried: set[str] = set()
        while True:
            await asyncio.sleep(0.4)
            # Other mails may come together with the link, or after it.
            mails = (await self.get(f"/mailbox?to={self.email}&limit=20"))["items"]
            tokens = [found[1] for mail in mails if (found := _LINK.search(mail["text"]))]
            if tokens and tokens[0] not in tried:
                tried.add(tokens[0])
                # The newest link may still be an earlier one, which is spent.
                with contextlib.suppress(Problem):
                    self._use(await self.post("/auth/verify-magic-link", {"token": tokens[0]}))
                    break
            if time.monotonic() > ends:
                raise Problem(f"no sign-in mail for {self.email} within {MAIL_SECONDS:.0f} s")
        if organisation is None:
            return
        me = await self.get("/auth/me")
        ids = [each["tenant_id"] for each in me["memberships"] if each["slug"] == organisation]
        if not ids:
            raise Problem(f"{self.email} is no member of {organisation}")
        await self.switch(ids[0])

    async def switch(self, tenant_id: str) -> None:
        """Work for another organisation from now on."""
        self._use(await self.post("/auth/switch", {"tenant_id": tenant_id}))

    def _use(self, signed_in: dict[str, Any]) -> None:
        if signed_in.get("mfa_required"):
            raise Problem(f"{self.email} has a second factor, which this script cannot give")
        self._client.headers["authorization"] = f"Bearer {signed_in['access_token']}"

    async def get(self, path: str) -> Any:
        """Read."""
        return await self._call("GET", path, None, {})

    async def post(self, path: str, body: dict[str, Any], *, keyed: bool = False) -> Any:
        """Write; `keyed` writes carry an Idempotency-Key, the same one in every repeat."""
        headers = {"idempotency-key": new_id()} if keyed else {}
        return await self._call("POST", path, body, headers)

    async def patch(self, path: str, body: dict[str, Any]) -> Any:
        """Change what is named in `body`."""
        return await self._call("PATCH", path, body, {})

    async def step(self, campaign_id: str, name: str) -> dict[str, Any]:
        """Take a step of the transition table; returns the campaign."""
        taken: dict[str, Any] = await self.post(
            f"/campaigns/{campaign_id}/transitions", {"name": name}, keyed=True
        )
        return taken

    async def _call(
        self, method: str, path: str, body: dict[str, Any] | None, headers: dict[str, str]
    ) -> Any:
        ends = time.monotonic() + BUSY_SECONDS
        refreshed = False
        while True:
            answer = await self._client.request(method, path, json=body, headers=headers)
            if answer.is_success:
                return json.loads(answer.content or b"null")
            if answer.status_code == 401 and not refreshed and path != "/auth/refresh":
                refreshed = True
                self._use(await self._call("POST", "/auth/refresh", {}, {}))
            elif answer.status_code in {429, 503} and time.monotonic() < ends:
                await asyncio.sleep(float(answer.headers.get("retry-after", 1)))
            else:
                text = f"{method} {path} answered {answer.status_code}: {answer.text}"
                raise Problem(f"{self.email}: {text}")
