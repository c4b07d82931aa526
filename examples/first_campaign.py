"""Runs two group-buying campaigns with 500 members on a running `bin/up`, to both endings.

    examples/first_campaign.py --base-url http://localhost:3000

People, units and amounts come from `members.csv`. Everybody signs in by a link from the local
mailbox and acts through the public API, in a sandbox organisation whose clock can be advanced. One
campaign reaches its goal and ends with escrow released, the other misses it and ends with every
commitment refunded. The books of both are printed and compared, to the cent, with the file. The
exit code is 1 if anything differs.
"""

import argparse
import asyncio
import csv
import sys
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from first_campaign_client import Person, Problem, new_id

PRICE_MINOR = 2_499
SUPPLIER_PRICE_MINOR = 1_900
DAYS_OPEN = 3


@dataclass(frozen=True)
class Member:
    """One row of the file."""

    name: str
    email: str
    campaign: str
    units: int
    amount_minor: int
    payment_method: str
    withdraws: bool

    @property
    def stays(self) -> bool:
        """Tell whether the member's money counts in the end."""
        return self.payment_method == "pm_ok" and not self.withdraws


def read_members(path: Path, most: int) -> list[Member]:
    """Read the file; amounts in it must be units times the price."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))[:most]
    members = [
        Member(
            row["name"], row["email"], row["campaign"], int(row["units"]),
            int(row["amount_minor"]), row["payment_method"], row["withdraws"] == "yes",
        )
        for row in rows
    ]  # fmt: skip
    wrong = [m.email for m in members if m.amount_minor != m.units * PRICE_MINOR]
    if wrong:
        raise Problem(f"{path}: the amount is not units times {PRICE_MINOR}: {wrong[:3]}")
    return members


@dataclass
class Staff:
    """The people who run it."""

    organiser: Person
    reviewer: Person
    finance: Person
    supplier: Person


async def prepare(staff: Staff, name: str, goal: int, now: datetime) -> dict[str, Any]:
    """Draft, submit and approve one campaign; returns it."""
    supplier = await staff.supplier.get("/auth/me")
    stamp = now.strftime("%d %b %H:%M")
    body = {
        "title": f"Steel bottles, together ({name}, {stamp})",
        "summary": "One size, one colour, one delivery.",
        "product": {
            "sku": "BTL-750", "name": "Steel bottle 750 ml", "description": "Double wall.",
        },
        "picture_url": "/pictures/steel-bottle.svg",
        "goal_units": goal,
        "unit_price_minor": PRICE_MINOR,
        "currency": "EUR",
        "min_units": 1,
        "max_units": 6,
        "deadline_at": (now + timedelta(days=DAYS_OPEN)).isoformat(),
        "delivery_strategy": "supplier_direct",
        "supplier_id": supplier["user"]["id"],
        "supplier_name": "Northern Metalworks",
        "supplier_unit_price_minor": SUPPLIER_PRICE_MINOR,
    }  # fmt: skip
    campaign = await staff.organiser.post("/campaigns", body)
    await staff.organiser.step(campaign["id"], "submit")
    return await staff.reviewer.step(campaign["id"], "approve")


async def take_part(
    base_url: str, organisation: str, member: Member, campaign: dict[str, Any]
) -> None:
    """Let one member sign in, read the rules, join, commit, and withdraw if the file says so."""
    async with Person(base_url, member.email) as person:
        await person.sign_in()
        joined = await person.post(f"/campaigns/{campaign['id']}/join", {})
        await person.switch(joined["tenant_id"])
        page = await person.get(f"/public/{organisation}/campaigns/{campaign['slug']}")
        body = {
            "id": new_id(),
            "units": member.units,
            "acknowledged_escrow_terms": True,
            "acknowledged_may_not_succeed": True,
            "terms_version": page["terms_version"],
            "payment_method": member.payment_method,
            "delivery": {
                "recipient": member.email, "street": "1 Sample Street", "postal_code": "0001",
                "city": "Oslo", "country": "NO",
            },
        }  # fmt: skip
        placed = await person.post(f"/campaigns/{campaign['id']}/commitments", body, keyed=True)
        if placed["amount_minor"] != member.amount_minor:
            raise Problem(f"{member.email}: {placed['amount_minor']} is not {member.amount_minor}")
        if member.withdraws:
            await person.post(f"/commitments/{placed['id']}/withdraw", {}, keyed=True)


async def everybody(
    options: argparse.Namespace, members: list[Member], by_name: dict[str, Any]
) -> None:
    """Let all members take part, a few at a time."""
    places = asyncio.Semaphore(options.at_once)
    done = 0

    async def one(member: Member) -> None:
        nonlocal done
        async with places:
            campaign = by_name[member.campaign]
            await take_part(options.base_url, options.organisation, member, campaign)
        done += 1
        if done % 50 == 0 or done == len(members):
            print(f"  {done} of {len(members)} members have committed", flush=True)

    async with asyncio.TaskGroup() as group:
        for member in members:
            group.create_task(one(member))


async def until(person: Person, campaign_id: str, *states: str, seconds: float) -> dict[str, Any]:
    """Wait until the campaign is in one of `states`."""
    ends = time.monotonic() + seconds
    while True:
        campaign: dict[str, Any] = await person.get(f"/campaigns/{campaign_id}")
        if campaign["state"] in states:
            return campaign
        if time.monotonic() > ends:
            raise Problem(f"still {campaign['state']} after {seconds:.0f} s, not {states}")
        await asyncio.sleep(0.5)


async def until_decided(person: Person, campaign_id: str, *, seconds: float) -> None:
    """Wait until the provider has answered every capture and refund of a live campaign."""
    ends = time.monotonic() + seconds
    for state in ("authorising", "withdrawn", "refund_due"):
        path = f"/campaigns/{campaign_id}/commitments?state={state}&limit=1"
        while (await person.get(path))["items"]:
            if time.monotonic() > ends:
                raise Problem(f"commitments are still {state} after {seconds:.0f} s")
            await asyncio.sleep(0.5)


async def until_allocated(person: Person, campaign_id: str, *, seconds: float) -> None:
    """Wait until every commitment of an accepted campaign has its units."""
    ends = time.monotonic() + seconds
    while not (await person.get(f"/campaigns/{campaign_id}"))["allocated_at"]:
        if time.monotonic() > ends:
            raise Problem(f"not allocated after {seconds:.0f} s")
        await asyncio.sleep(0.5)


async def deliver(staff: Staff, campaign_id: str, *, seconds: float) -> None:
    """Accept, prepare, deliver."""
    supply = f"/supplier/campaigns/{campaign_id}"
    await staff.supplier.post(f"{supply}/accept", {}, keyed=True)
    await until_allocated(staff.organiser, campaign_id, seconds=seconds)
    await staff.organiser.step(campaign_id, "start_procuring")
    await staff.organiser.step(campaign_id, "start_fulfilment")
    for kind, note in (("shipped", "Left the works."), ("delivered", "Left at every door.")):
        await staff.supplier.post(f"{supply}/fulfilment-events", {"kind": kind, "note": note})
    await staff.organiser.step(campaign_id, "confirm_delivery")


async def approve_release(staff: Staff, campaign_id: str, *, seconds: float) -> None:
    """Approve the release that the end of the inspection asks for: two people, each alone."""
    ends = time.monotonic() + seconds
    path = f"/approvals?state=requested&action=campaigns.release&subject_id={campaign_id}"
    while not (found := (await staff.finance.get(path))["items"]):
        if time.monotonic() > ends:
            raise Problem(f"no release is asked for after {seconds:.0f} s")
        await asyncio.sleep(0.5)
    for person in (staff.finance, staff.reviewer):
        await person.post(f"/approvals/{found[0]['id']}/approve", {})


def show_books(title: str, books: dict[str, Any]) -> None:
    """Print a trial balance."""
    print(f"\n{title} ({books['currency']})")
    print(f"  {'account':<34}{'debits':>14}{'credits':>14}{'balance':>14}")
    for line in books["accounts"]:
        cells = (line["debits_posted_minor"], line["credits_posted_minor"], line["balance_minor"])
        print(f"  {line['code']:<34}" + "".join(f"{cell / 100:>14,.2f}" for cell in cells))


def differences(name: str, books: dict[str, Any], members: list[Member]) -> list[str]:
    """Compare a campaign's final books with the file, to the cent."""
    mine = [member for member in members if member.campaign == name]
    captured = sum(m.amount_minor for m in mine if m.payment_method == "pm_ok")
    released = sum(m.amount_minor for m in mine if m.stays) if name == "reached" else 0
    units = sum(m.units for m in mine if m.stays) if name == "reached" else 0
    margin = released - units * SUPPLIER_PRICE_MINOR
    lines = {line["code"].split(":", maxsplit=1)[0] + ":" + line["code"].rsplit(":")[-1]: line
             for line in books["accounts"]}  # fmt: skip
    expected = {
        ("cmt:escrow", "credits_posted_minor"): captured,
        ("cmt:escrow", "balance_minor"): 0,
        ("cmt:refund_due", "debits_posted_minor"): captured - released,
        ("cmt:refund_due", "balance_minor"): 0,
        ("camp:payable", "credits_posted_minor"): released,
        ("camp:payable", "balance_minor"): 0,
        ("margin_income:margin_income", "balance_minor"): margin,
        ("prov:clearing", "balance_minor"): 0,
        ("prov:escrow", "balance_minor"): margin,
    }
    found = [] if books["balanced"] else [f"{name}: debits and credits differ"]
    for (account, field), amount in expected.items():
        if lines[account][field] != amount:
            found.append(f"{name}: {account} {field} is {lines[account][field]}, not {amount}")
    pending = sum(line["debits_pending_minor"] for line in books["accounts"])
    return found + ([f"{name}: {pending} still pending"] if pending else [])


async def run(options: argparse.Namespace) -> list[str]:
    """Play both campaigns; returns what differs at the end."""
    members = read_members(options.members, options.most)
    people = [Person(options.base_url, getattr(options, who)) for who in
              ("organiser", "reviewer", "finance", "supplier")]  # fmt: skip
    staff = Staff(*people)
    for person in people:
        await person.sign_in(options.organisation)
    clock = await staff.reviewer.get("/clock")
    now = datetime.fromisoformat(clock["now"])
    print("Two campaigns are drafted, reviewed and published.")
    enough = max(1, sum(m.units for m in members if m.stays and m.campaign == "reached") * 3 // 4)
    by_name = {
        "reached": await prepare(staff, "reached", enough, now),
        "missed": await prepare(staff, "missed", 5_000, now),
    }
    await everybody(options, members, by_name)
    for campaign in by_name.values():
        await until_decided(staff.organiser, campaign["id"], seconds=options.patience)
    print("The clock is advanced past the deadline.")
    await staff.reviewer.post("/clock/advance", {"seconds": DAYS_OPEN * 86_400 + 60})
    reached, missed = by_name["reached"]["id"], by_name["missed"]["id"]
    patience = {"seconds": options.patience}
    await until(staff.organiser, reached, "awaiting_supplier", **patience)
    print("Goal reached: the supplier accepts and delivers.")
    await deliver(staff, reached, **patience)
    await staff.reviewer.post("/clock/advance", {"seconds": 7 * 86_400 + 60})
    print("The inspection is over: two people approve the release.")
    await approve_release(staff, reached, **patience)
    await until(staff.organiser, reached, "completed", **patience)
    await until(staff.organiser, missed, "failed", **patience)
    found = []
    for name, campaign in by_name.items():
        books = await staff.organiser.get(f"/campaigns/{campaign['id']}/books")
        ending = "escrow released" if name == "reached" else "everybody refunded"
        show_books(f"Goal {name}: {ending}, campaign {campaign['reference']}", books)
        found += differences(name, books, members)
    for person in people:
        await person.close()
    return found


def main() -> int:
    """Read the arguments, run, and tell the outcome by the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base-url", required=True, help="where bin/up answers")
    parser.add_argument("--organisation", default="demo", help="slug of a sandbox organisation")
    parser.add_argument("--organiser", default="organiser@demo.example.com")
    parser.add_argument("--reviewer", default="reviewer@demo.example.com")
    parser.add_argument("--finance", default="finance@demo.example.com")
    parser.add_argument("--supplier", default="supplier@demo.example.com")
    here = Path(__file__).parent
    parser.add_argument("--members", type=Path, default=here / "members.csv")
    parser.add_argument("--most", type=int, default=500, help="how many members take part")
    parser.add_argument("--at-once", type=int, default=8, help="how many of them at a time")
    parser.add_argument("--patience", type=float, default=600, help="seconds to wait for a state")
    try:
        found = asyncio.run(run(parser.parse_args()))
    except (Problem, ExceptionGroup) as error:
        problems = error.exceptions if isinstance(error, ExceptionGroup) else [error]
        print("\n".join(f"stopped: {problem}" for problem in problems), file=sys.stderr)
        return 1
    print("\n" + ("\n".join(found) if found else "Both books balance to the cent."))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
