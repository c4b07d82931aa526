"""What came of it: every success is there once, and the provider's money is the ledger's."""

import asyncio
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from bench._running import ROOT
from bench.night.book import Book
from bench.night.facts import Facts, gather
from bench.night.postbox import Postbox
from bench.night.stand import Stand
from bench.night.streams import Compared

_COMMAND_SECONDS = 120
COMES_AGAIN = frozenset({"backups.create", "backups.watch"})
"""A backup that fails three times is left to the next schedule, and the console alerts."""


@dataclass(slots=True)
class Verdict:
    """What was compared, and what does not fit."""

    compared: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    handed_twice: int = 0
    """Mails the twin was handed once more after a crash, and kept once: no fault."""
    given_up: list[str] = field(default_factory=list)
    """Jobs that gave up and that their schedule brings again: no fault either."""

    def carried(self, found: Compared) -> None:
        """Take over what was found on the streams."""
        self.compared["events on streams"] += found.events
        self.compared["events heard outside"] += found.heard
        self.lost += found.lost
        self.doubled += found.doubled
        self.broken += found.broken


async def judge(stand: Stand, book: Book, postbox: Postbox, tenants: list[UUID]) -> Verdict:
    """Compare everything, and let the program's own commands look at its books."""
    facts = await gather(stand, tenants)
    verdict = Verdict()
    _of_commitments(book, facts, verdict)
    _of_steps(book, facts, verdict)
    verdict.broken += [
        f"campaign not ended: {row}" for rows in facts.ours.values() for row in rows["not ended"]
    ]
    _of_clocks(book, facts, verdict)
    _of_runs(book, facts, verdict)
    _of_instructions(facts, verdict)
    _of_mails(facts, postbox, verdict)
    for row in facts.dead:
        given_up = row["entrypoint"] in COMES_AGAIN
        (verdict.given_up if given_up else verdict.broken).append(f"dead letter: {row}")
    verdict.broken += await asyncio.to_thread(lambda: list(_of_commands(stand)))
    return verdict


def _of_commitments(book: Book, facts: Facts, verdict: Verdict) -> None:
    there = {(t, row["id"]): row for t, rows in facts.ours.items() for row in rows["commitment"]}
    for told in book.of("commitment"):
        verdict.compared["commitments"] += 1
        row = there.get((told.tenant_id, told.subject))
        if row is None:
            verdict.lost.append(f"commitment {told.subject} was answered with success")
        elif (str(row["campaign_id"]), row["units"], row["amount_minor"]) != (
            told.detail["campaign"], told.detail["units"], told.detail["amount_minor"],
        ):  # fmt: skip
            verdict.broken.append(f"commitment {told.subject} is {row}, not {told.detail}")
    asked = {(t, s) for what, t, s in book.asked if what == "commitment"}
    verdict.doubled += [f"commitment {s} that nobody asked for" for _, s in set(there) - asked]


def _of_steps(book: Book, facts: Facts, verdict: Verdict) -> None:
    taken = {
        (t, row["subject_id"], row["name"]): row["n"]
        for t, rows in facts.ours.items() for row in rows["transition"]
    }  # fmt: skip
    wanted = [(told, told.detail["name"]) for told in book.of("step")]
    wanted += [(told, "withdraw") for told in book.of("withdrawal")]
    for told, name in wanted:
        verdict.compared["steps"] += 1
        times = taken.get((told.tenant_id, told.subject, name), 0)
        if times != 1:
            (verdict.doubled if times else verdict.lost).append(
                f"{name} of {told.subject}: {times} times"
            )
    approved = {row["id"]: row["state"] for rows in facts.ours.values() for row in rows["approval"]}
    events = {
        (row["campaign_id"], row["kind"]): row["n"]
        for rows in facts.ours.values() for row in rows["fulfilment"]
    }  # fmt: skip
    titles = {row["id"]: row["title"] for rows in facts.ours.values() for row in rows["campaign"]}
    for told in book.told:
        if told.what in {"approval", "fulfilment", "campaign"}:
            verdict.compared[f"{told.what}s"] += 1
        if told.what == "approval" and approved.get(told.subject) != "approved":
            verdict.lost.append(f"approval {told.subject} is {approved.get(told.subject)}")
        if told.what == "fulfilment" and events.get((told.subject, told.detail["kind"])) != 1:
            verdict.broken.append(f"fulfilment of {told.subject}: {told.detail}, not once")
        if told.what == "campaign" and titles.get(told.subject) != told.detail["title"]:
            verdict.lost.append(f"campaign {told.subject}")
    made = [
        title for rows in facts.ours.values() for title in (r["title"] for r in rows["campaign"])
    ]
    verdict.doubled += [f"campaign {title}" for title, n in Counter(made).items() if n > 1]


def _of_clocks(book: Book, facts: Facts, verdict: Verdict) -> None:
    moved: dict[UUID, int] = defaultdict(int)
    for told in book.of("clock"):
        moved[told.tenant_id] += told.detail["seconds"]
    for tenant, seconds in moved.items():
        verdict.compared["clocks"] += 1
        found = sum(row["offset_seconds"] for row in facts.ours[tenant]["clock"])
        if found != seconds:
            which = verdict.lost if found < seconds else verdict.doubled
            which.append(f"the clock of {tenant} went {found} s, not {seconds}")


def _of_runs(book: Book, facts: Facts, verdict: Verdict) -> None:
    there = {row["id"]: row for rows in facts.ours.values() for row in rows["run"]}
    verdict.compared["runs"] += len(book.of("run"))
    verdict.lost += [f"run {told.subject}" for told in book.of("run") if told.subject not in there]
    told = {each.subject for each in book.of("run")}
    verdict.doubled += [f"run {run} that nobody was told of" for run in there if run not in told]
    for row in there.values():
        began = [
            each["execution_id"] for each in facts.executions if row["marker"] in each["request"]
        ]
        if len(began) > 1:
            verdict.doubled.append(f"run {row['id']} is {len(began)} executions at Amazon")


def _of_instructions(facts: Facts, verdict: Verdict) -> None:
    """Each instruction has one object at the provider, and the sums are the same."""
    ours = {str(r["id"]): r for rows in facts.ours.values() for r in rows["instruction"]}
    for kind in ("capture", "refund", "payout"):
        keys = Counter(row["idempotency_key"] for row in facts.theirs[kind])
        verdict.doubled += [
            f"{kind} {key}: {n} at the provider" for key, n in keys.items() if n > 1
        ]
        for row in facts.theirs[kind]:
            verdict.compared[f"{kind}s"] += 1
            own = ours.get(row["idempotency_key"])
            if own is None:
                verdict.broken.append(f"{kind} {row['id']} without an instruction of ours")
            elif row.get("status") != "failed" and own["state"] != "confirmed":
                verdict.lost.append(f"{kind} {row['id']} was done, and is {own['state']} here")
            elif own["state"] == "confirmed" and own["confirmed_amount_minor"] != row["minor"]:
                verdict.broken.append(f"{kind} {row['id']}: {row['minor']} there, {own} here")
    done = {row["idempotency_key"] for kind in ("capture", "refund", "payout")
            for row in facts.theirs[kind]}  # fmt: skip
    for key, own in ours.items():
        if own["state"] == "confirmed" and own["kind"] != "void" and key not in done:
            verdict.broken.append(f"{own['kind']} {key} is confirmed here and unknown there")
    twice = Counter(
        own["target_id"] for own in ours.values()
        if own["kind"] == "capture" and own["state"] == "confirmed"
    )  # fmt: skip
    verdict.doubled += [f"commitment {c}: {n} captures" for c, n in twice.items() if n > 1]
    _of_sums(facts, verdict)


def _of_sums(facts: Facts, verdict: Verdict) -> None:
    booked: dict[str, int] = defaultdict(int)
    for rows in facts.ours.values():
        for row in rows["provider account"]:
            booked[row["currency"]] += row["minor"]
            if row["pending"]:
                verdict.broken.append(f"still pending at the provider: {row}")
    held = {row["currency"]: row["minor"] for row in facts.theirs["entry"]}
    for currency in booked.keys() | held.keys():
        verdict.compared["sums of money"] += 1
        if booked[currency] != held.get(currency, 0):
            verdict.broken.append(
                f"the ledger says {booked[currency]} {currency}, the provider {held.get(currency)}"
            )
    verdict.lost += [
        f"{row['n']} messages of the provider are {row['state']}"
        for row in facts.theirs["webhook"] if row["state"] != "delivered"
    ]  # fmt: skip


def _of_mails(facts: Facts, postbox: Postbox, verdict: Verdict) -> None:
    """Each message came once, and each step was told once to each person."""
    for rows in facts.ours.values():
        for row in rows["mail"]:
            verdict.compared["mails"] += 1
            verdict.handed_twice += row["handed"] > 1
            copies = postbox.copies(row["id"])
            if row["state"] != "sent" or copies == 0:
                verdict.lost.append(f"mail {row['id']} is {row['state']}, {copies} came")
            elif copies > 1:
                verdict.doubled.append(f"mail {row['id']} came {copies} times")
        told, mailed = (
            {(row["user_id"], row["template"]): row["n"] for row in rows[name]}
            for name in ("steps told", "steps mailed")
        )
        for key in told.keys() | mailed.keys():
            wanted, sent = told.get(key, 0), mailed.get(key, 0)
            if sent != wanted:
                which = verdict.lost if sent < wanted else verdict.doubled
                which.append(f"{key[1]} to {key[0]}: {wanted} told, {sent} mailed")


def _of_commands(stand: Stand) -> Iterator[str]:
    """Let `metatron ledger check` and `metatron audit verify` judge."""
    names = ("DATABASE_URL", "DATABASE_SYSTEM_URL", "DATABASE_OWNER_URL")
    roles = ("metatron_app", "metatron_system", "metatron_owner")
    own = {
        f"METATRON_{name}": stand.server.dsn(role) for name, role in zip(names, roles, strict=True)
    }
    keys = stand.disk.data / "secrets" / "secret-keys"
    environment = {
        **os.environ, **own, "PYTHONPATH": str(ROOT / "src"),
        "METATRON_DATA_DIR": str(stand.disk.data),
        "METATRON_SECRET_KEYS": keys.read_text().strip(),
    }  # fmt: skip
    for arguments in (("ledger", "check", "--json"), ("audit", "verify")):
        done = subprocess.run(
            [sys.executable, "-m", "metatron", *arguments], env=environment, check=False,
            capture_output=True, text=True, timeout=_COMMAND_SECONDS,
        )  # fmt: skip
        if done.returncode:
            yield f"metatron {' '.join(arguments)}: {(done.stdout + done.stderr)[-1500:]}"
        elif arguments[0] == "ledger" and not json.loads(done.stdout)["tenants"]:
            yield "metatron ledger check found no books"
