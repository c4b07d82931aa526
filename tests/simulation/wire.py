"""The network between the provider and us: it keeps webhooks until somebody lets them through."""

import asyncio
import random

import httpx

from tests.platform.payments.provider_process import ProviderProcess
from tests.platform.payments.webhook_receiver import Received, WebhookReceiver


class Wire:
    """Takes every webhook from the provider at once and delivers it in any sequence, any time."""

    def __init__(
        self, provider: ProviderProcess, door: str, chance: random.Random, http: httpx.AsyncClient
    ) -> None:
        self.provider, self.door, self.chance, self.http = provider, door, chance, http
        self.receiver = WebhookReceiver()
        self.waiting: list[Received] = []
        self.delivered: list[Received] = []
        provider.call("POST", "/control/webhook_endpoint", {"url": self.receiver.url})

    def close(self) -> None:
        self.receiver.close()

    async def listen(self) -> None:
        """Wait until the provider has sent what it had to say so far."""
        for _ in range(200):
            if not await asyncio.to_thread(self._is_sending):
                break
            await asyncio.sleep(0.02)
        came, self.receiver.received = self.receiver.received, []
        self.waiting += came

    def _is_sending(self) -> bool:
        rows = self.provider.call("GET", "/control/deliveries").json()["data"]
        return any(row["state"] == "pending" for row in rows)

    async def deliver(self) -> None:
        """Let one message through: now and then twice, and now and then a forged one as well."""
        if not self.waiting:
            return
        number = self.chance.randrange(len(self.waiting))
        message = self.waiting[number]
        if self.chance.random() < 0.1:
            forged = Received(message.raw.replace(b"minor", b"major"), message.signature)
            assert forged.raw != message.raw
            assert await self._post(forged) == 400
        assert await self._post(message) == 200
        if self.chance.random() < 0.85:
            del self.waiting[number]
            self.delivered.append(message)

    async def deliver_again(self, message: Received) -> None:
        assert await self._post(message) in {200, 400}  # 400: its signature is old by now

    async def _post(self, message: Received) -> int:
        headers = {"sandbox-signature": message.signature, "content-type": "application/json"}
        answer = await self.http.post(f"{self.door}/sandbox", content=message.raw, headers=headers)
        return answer.status_code
