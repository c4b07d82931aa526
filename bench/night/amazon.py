"""An organisation connected to the local Amazon, and its runs there, over the public API."""

import asyncio
import datetime as dt
import random
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx

from bench.night.book import Book
from bench.night.client import Refused
from bench.night.organisations import Organisation

PERSON = "amzn1.account.ANNA"
INSTANCE = "amclocal0001"
SQL = "SELECT campaign, COUNT(DISTINCT user_id) AS reach FROM dsp_impressions GROUP BY campaign"
DAY_ONE = dt.datetime.fromisoformat("2026-08-10")
CONNECT_SECONDS = 90.0


@dataclass(slots=True)
class Amazon:
    """Asks for a run every few seconds."""

    book: Book
    organisation: Organisation
    chance: random.Random
    every_seconds: float
    instance_id: str = ""

    async def connect(self) -> None:
        """Connect, as a person does: consent at the stand-in, then wait for the clients."""
        who = self.organisation.organiser
        asked = {"name": "Local brands", "region": "eu"}
        started = await who.post("/amc/connections", asked, kept=False)
        async with httpx.AsyncClient(timeout=60, trust_env=False) as browser:
            consent = await browser.post(started["authorization_url"], data={"user_id": PERSON})
        told = parse_qs(urlsplit(consent.headers["location"]).query)
        given = {"code": told["code"][0], "state": told["state"][0]}
        await who.post("/amc/connections/complete", given, kept=False)
        async with asyncio.timeout(CONNECT_SECONDS):
            while not self.instance_id:
                found: list[dict[str, Any]] = (await who.get("/amc/instances"))["items"]
                ids = [each["id"] for each in found if each["amc_instance_id"] == INSTANCE]
                self.instance_id = ids[0] if ids else ""
                await asyncio.sleep(0.5)

    async def ask(self, closing: asyncio.Event) -> None:
        """Ask for runs until told to end."""
        number = 0
        while not closing.is_set():
            number += 1
            start = DAY_ONE + dt.timedelta(hours=number)
            window = {
                "kind": "explicit", "start": start.isoformat(),
                "end": (start + dt.timedelta(hours=1)).isoformat(),
            }  # fmt: skip
            body = {"instance_id": self.instance_id, "sql": SQL, "window": window,
                    "name": f"Night {number}"}  # fmt: skip
            try:
                run = await self.organisation.organiser.post("/amc/runs", body)
            except Refused as refused:
                # While calls to Amazon fail the instance counts as away, and says so.
                if refused.code != "instance_unusable":
                    raise
            else:
                self.book.notes("run", self.organisation.tenant_id, UUID(run["id"]))
            await asyncio.sleep(self.chance.uniform(0.5, 1.5) * self.every_seconds)
