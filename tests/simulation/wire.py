"""The network between the provider and us: it keeps webhooks until somebody lets them through."""

import asyncio
import random
import time

import httpx
import orjson

from metatron.kernel.clock import unix_now
from metatron.platform.payments.sandbox.signing import signature_header
from tests.platform.payments.provider_process import ProviderProcess
from tests.platform.payments.webhook_receiver import Received, WebhookReceiver

LONGEST_SILENCE_SECONDS = 60.0


class Wire:
    """Takes every webhook from the provider at once and delivers it in any sequence, any time.

    What the provider sends twice, or in whatever sequence, is here once and in one sequence: which
    messages come again, and when, is the seed's to say.
    """

    def __init__(
        self, provider: ProviderProcess, door: str, chance: random.Random, http: httpx.AsyncClient
    ) -> None:
        self.provider, self.door, self.chance, self.http = provider, door, chance, http
        self.receiver = WebhookReceiver()
        self.waiting: list[bytes] = []
        self.delivered: list[bytes] = []
        self._known: set[str] = set()
        self._secret = provider.keys()["webhook_secret"]
        provider.call("POST", "/control/webhook_endpoint", {"url": self.receiver.url})

    def close(self) -> None:
        self.receiver.close()

    async def listen(self) -> int:
        """Wait until the provider has sent all that it had to say so far; return how much it was.

        Raises:
            TimeoutError: it does not get it sent.
        """
        end = time.monotonic() + LONGEST_SILENCE_SECONDS
        while await asyncio.to_thread(self._is_sending):
            if time.monotonic() > end:
                raise TimeoutError("The provider does not get its messages sent.")
            await asyncio.sleep(0.02)
        came, self.receiver.received = self.receiver.received, []
        named = {str(orjson.loads(each.raw)["id"]): each.raw for each in came}
        new = sorted(named.keys() - self._known)
        self._known.update(new)
        self.waiting += [named[name] for name in new]
        return len(new)

    def _is_sending(self) -> bool:
        rows = self.provider.call("GET", "/control/deliveries").json()["data"]
        pending = [row for row in rows if row["state"] == "pending"]
        for row in pending:
            if row["attempts"]:  # its clock stands still: it would try again when that goes on
                self.provider.call("POST", f"/control/deliveries/{row['id']}/resend")
        return bool(pending)

    async def deliver(self) -> None:
        """Let one message through: now and then twice, and now and then a forged one as well."""
        if not self.waiting:
            return
        number = self.chance.randrange(len(self.waiting))
        raw = self.waiting[number]
        if self.chance.random() < 0.1:
            forged = raw.replace(b"minor", b"major")
            assert forged != raw
            assert await self._post(Received(forged, self._sign(raw))) == 400
        assert await self.deliver_again(raw) == 200
        if self.chance.random() < 0.85:
            del self.waiting[number]
            self.delivered.append(raw)

    async def deliver_again(self, raw: bytes) -> int:
        """Send a message as the provider does whenever it tries: signed anew, at that moment."""
        return await self._post(Received(raw, self._sign(raw)))

    def _sign(self, raw: bytes) -> str:
        return signature_header(raw, int(unix_now()), (self._secret,))

    async def _post(self, message: Received) -> int:
        headers = {"sandbox-signature": message.signature, "content-type": "application/json"}
        answer = await self.http.post(f"{self.door}/sandbox", content=message.raw, headers=headers)
        return answer.status_code
