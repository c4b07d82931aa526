"""An organisation with people of AMC's roles, signed in through the real API."""

from dataclasses import dataclass
from typing import Any

import httpx

from metatron.platform.tenancy.interface import TenantFacts
from tests.support.people import Door, new_email


@dataclass
class House:
    """One organisation; `analyst` and `other` write, `viewer` only reads."""

    door: Door
    tenant: TenantFacts
    analyst: httpx.AsyncClient
    other: httpx.AsyncClient
    viewer: httpx.AsyncClient

    async def workflow(self, **changes: Any) -> dict[str, Any]:
        """A workflow of the analyst's."""
        body = {"name": "Reach", "sql": "SELECT COUNT(DISTINCT user_id) AS n FROM dsp_views"}
        answer = await self.analyst.post("/amc/workflows", json=body | changes)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found


async def house_of(door: Door) -> House:
    """A new organisation with its people."""
    facts = await door.organisation()
    analyst, other = [
        await door.signed_in(new_email(name), facts.id, ("organiser",)) for name in ("ana", "otto")
    ]
    viewer = await door.signed_in(new_email("vera"), facts.id, ("auditor",))
    return House(door, facts, analyst, other, viewer)
