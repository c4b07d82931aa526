"""Organisations furnished alike through the API and the use cases, each with a marker of its own.

Every text that a realm's people wrote holds the realm's marker: wherever it turns up in an answer
to somebody else, something has leaked.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
from sqlalchemy import select

from metatron.apps.campaigns.care import exceptions
from metatron.apps.campaigns.care.claim_tables import SupplierClaim
from metatron.apps.campaigns.care.tables import CardDispute, ProviderAction
from metatron.apps.campaigns.gathering.notices import Told, request_extension
from metatron.apps.campaigns.money.bond import pay_into_bond
from metatron.apps.campaigns.money.charges import record_charge
from metatron.apps.campaigns.rules.tenant_settings import change_settings
from metatron.apps.campaigns.supply import supplier
from metatron.apps.campaigns.supply.proposals import ask_proposal
from metatron.apps.campaigns.talk.updates import ask
from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context, system_context
from metatron.kernel.ids import new_id
from metatron.platform.approvals.interface import (
    ApprovalAction,
    register_action,
    request_approval,
)
from metatron.platform.files.interface import FilePurpose, attach, register_purpose, signed_link
from metatron.platform.notifications.interface import send_mail
from metatron.platform.tenancy.interface import add_member
from metatron.platform.tenancy.moving import move_tenant
from metatron.platform.tenancy.rights import SYSTEM_ROLE_IDS, rights
from metatron.platform.tenancy.site import on_database, site
from tests.apps.campaigns.stage import Stage
from tests.apps.campaigns.test_parts import refunds_of
from tests.platform.files.contents import png
from tests.support.authenticator import Authenticator
from tests.support.people import Door, new_email

from .amc_collections import furnish_collections
from .amc_destinations import furnish_destinations
from .amc_grants import furnish_grants
from .amc_library import furnish_library
from .amc_recurring import furnish_recurring
from .amc_runs import furnish_runs
from .amc_things import furnish_amc
from .catalogue import tenant_tables

OURS_IN_SHARED_TABLES = {
    "tenancy.tenant": "id = $1",
    "tenancy.secret_digest": "tenant_id = $1",
    "tenancy.placement": "tenant_id = $1",
    "identity.session": "tenant_id = $1",
    "identity.user_account": "id in (select user_id from tenancy.member where tenant_id = $1)",
    "identity.passkey": "user_id in (select user_id from tenancy.member where tenant_id = $1)",
}


async def _nothing(*_: Any, **__: Any) -> dict[str, Any]:
    return {}


register_action(
    ApprovalAction("campaigns.sample", "campaigns:organise", "campaigns:settle", _nothing)
)
register_purpose(FilePurpose("sample", ("text/plain",), 10_000, "campaigns:books"))

COUNTED = re.compile(
    r"health\.tenant_traffic|gateway\.(?:month_calls|deprecated_call|api_call_batch(?:_[0-9]+)?)"
)
"""How often an organisation was asked for: written every few seconds, whenever that is."""


@dataclass
class Realm:
    """One organisation, what is in it, and the person who may do everything there."""

    marker: str
    email: str
    tenant_id: UUID
    slug: str
    client: httpx.AsyncClient
    door: Door
    ids: dict[str, list[str]] = field(default_factory=dict)
    key_text: str = ""
    owner_dsns: list[str] = field(default_factory=list)

    def note(self, name: str, *values: Any) -> None:
        self.ids.setdefault(name, []).extend(str(value) for value in values)

    def one(self, name: str) -> str:
        """An id of the realm's by its name in the API; a new one where it has none."""
        return self.ids.get(name, [str(new_id())])[0]

    def everything(self) -> Iterator[str]:
        """All that must not turn up elsewhere."""
        yield self.marker

    async def another_client(self) -> httpx.AsyncClient:
        """The same person, signed in once more."""
        return await self.door.signed_in(self.email, self.tenant_id)

    async def picture(self) -> dict[str, str]:
        """A hash of every table's rows of this organisation, in all databases that have any."""
        found = {}
        for number, dsn in enumerate(self.owner_dsns):
            connection = await asyncpg.connect(dsn)
            try:
                await connection.execute(
                    "select set_config('app.tenant_id', $1, false)", str(self.tenant_id)
                )
                tables = {t for t in await tenant_tables(connection) if not COUNTED.fullmatch(t)}
                tests = dict.fromkeys(tables, "tenant_id = $1")
                if number == 0:
                    tests |= OURS_IN_SHARED_TABLES
                for table, test in tests.items():
                    found[f"{number}:{table}"] = await connection.fetchval(
                        f"select count(*) || ':' || coalesce(md5(string_agg(t::text, '|'"
                        f" order by t::text)), '') from {table} t where {test}",
                        self.tenant_id,
                    )
            finally:
                await connection.close()
        return found


@dataclass
class Pair:
    """A, who asks, and B, whose things are asked for."""

    a: Realm
    b: Realm

    @property
    def owner_dsn_of_b(self) -> str:
        """The owner's address of the database B lives in."""
        return self.b.owner_dsns[-1]


async def furnish(door: Door, marker: str) -> Realm:
    """Make a person an organisation with one of everything in it."""
    email = new_email(marker)
    facts = await door.organisation(email)
    client = await door.signed_in(email, facts.id)
    realm = Realm(marker, email, facts.id, facts.slug, client, door)
    realm.owner_dsns.append(site().owner_dsn())
    realm.note("tenant_id", facts.id)
    realm.note("organisation", facts.slug)
    await _furnish_organisation(realm)
    await _furnish_person(realm)
    await _furnish_campaigns(realm)
    await _furnish_approvals(realm)
    await _furnish_files(realm)
    await _furnish_payments(realm)
    await _furnish_webhooks(realm)
    await furnish_amc(realm)
    await furnish_library(realm)
    await furnish_runs(realm)
    await furnish_destinations(realm)
    await furnish_recurring(realm)
    await furnish_collections(realm)
    await furnish_grants(realm)
    return realm


async def move_out(realm: Realm) -> None:
    """Give the organisation a database of its own."""
    moved = await move_tenant(
        realm.door.database, tenant_id=realm.tenant_id, to="dedicated", now=utc_now()
    )
    home = site().settings.database_owner_url.get_secret_value()
    assert moved.database_name is not None
    realm.owner_dsns.append(on_database(home, moved.database_name))


async def made(realm: Realm, path: str, body: Any, **headers: str) -> dict[str, Any]:
    """Post to the realm's own API."""
    answer = await realm.client.post(path, json=body, headers=headers)
    assert answer.is_success, (path, answer.text)
    given: dict[str, Any] = answer.json()
    return given


async def _furnish_organisation(realm: Realm) -> None:
    m, client = realm.marker, realm.client
    members = (await client.get("/members")).json()["items"]
    roles = [str(role) for role in SYSTEM_ROLE_IDS]
    answer = await client.patch(f"/members/{members[0]['id']}", json={"role_ids": roles})
    assert answer.is_success, answer.text
    answer = await client.patch("/organisation", json={"name": f"House of {m}"})
    assert answer.is_success, answer.text
    role = await made(
        realm,
        "/roles",
        {"name": f"Role {m}", "description": m, "permissions": ["campaigns:read"]},
    )
    invited = await made(
        realm,
        "/invitations",
        {"email": new_email(m), "role_ids": [role["id"]]},
        **{"idempotency-key": "first-invitation"},
    )
    application = await made(realm, "/applications", {"name": f"App {m}"})
    key = await made(
        realm,
        "/api-keys",
        {
            "name": f"Key {m}",
            "application_id": application["id"],
            "scopes": sorted(rights().permissions),
        },
    )
    realm.key_text = key["key"]
    user_id = await realm.door.person(new_email(f"second-{m}"))
    context = system_context(realm.tenant_id)
    async with realm.door.database.transaction(context) as session:
        await add_member(
            session, context, user_id=user_id, role_names=("participant",), now=utc_now()
        )
        await send_mail(
            session,
            context,
            to=new_email(m),
            template="identity.sign_in_link",
            variables={"link": f"https://example.com/{m}"},
            now=utc_now(),
        )
    for path, change in (
        ("/campaign-settings", {"inspection_days": 3}),
        ("/modules/campaigns", {"is_enabled": True}),
    ):
        answer = await client.patch(path, json=change)
        assert answer.is_success, answer.text
    others = (await client.get("/members")).json()["items"]
    realm.note("member_id", *(each["id"] for each in others if each["user_id"] == str(user_id)))
    realm.note("user_id", user_id)
    realm.note("role_id", role["id"])
    realm.note("role_ids", role["id"])
    realm.note("invitation_id", invited["id"])
    realm.note("application_id", application["id"])
    realm.note("key_id", key["id"])


async def _furnish_person(realm: Realm) -> None:
    answer = await realm.client.patch("/auth/me", json={"display_name": f"Dr {realm.marker}"})
    assert answer.is_success, answer.text
    options = await made(realm, "/auth/passkeys/registration-options", {})
    device = Authenticator(realm.door.settings.public_url)
    passkey = await made(
        realm,
        "/auth/passkeys",
        {
            "challenge_id": options["challenge_id"],
            "name": f"Phone {realm.marker}",
            "credential": device.register(options["options"]),
        },
    )
    again = await made(realm, "/auth/passkeys/registration-options", {})
    other = await realm.another_client()
    sessions = (await other.get("/auth/sessions")).json()
    rows = sessions["items"] if isinstance(sessions, dict) else sessions
    realm.note("session_id", *(each["id"] for each in rows))
    realm.note("passkey_id", passkey["id"])
    realm.note("challenge_id", again["challenge_id"])
    named = {"list_name": "campaigns", "name": realm.marker, "search": {"q": realm.marker}}
    realm.note("view_id", (await made(realm, "/saved-views", named))["id"])
    copy = await made(realm, "/personal-data/exports", {})
    realm.note("erasure_id", copy["id"])
    realm.note("request_id", copy["id"])


async def _furnish_campaigns(realm: Realm) -> None:
    m = realm.marker
    point = await made(
        realm, "/consolidation-points", {"name": f"Hall {m}", "address": f"{m} Street 1"}
    )
    realm.note("consolidation_point_id", point["id"])
    realm.note("point_id", point["id"])
    product = await made(realm, "/campaign-products", {"sku": f"SKU {m}", "name": f"Product {m}"})
    realm.note("product_id", product["id"])
    await realm.client.patch("/campaign-settings", json={"release_policy": "milestones"})
    me = (await realm.client.get("/auth/me")).json()
    user_id = UUID(me["user"]["id"] if "user" in me else me["id"])
    held = rights().permissions
    stage = Stage(realm.door.database, tenant_id=realm.tenant_id)
    owner = Context(realm.tenant_id, "user", user_id, frozenset(held), request_id="furnish")
    stage.supplier = owner
    texts = {
        "title": f"Bottles {m}",
        "summary": m,
        "product_name": f"Bottle {m}",
        "product_description": m,
        "supplier_name": f"Metalworks {m}",
    }
    live = await stage.live(**texts)
    told = Told(m, m, m, stage.now + timedelta(days=9))
    notice = await stage.run(request_extension, owner, campaign_id=live.id, told=told)
    realm.note("notice_id", notice.id)
    question = await stage.run(ask, owner, campaign_id=live.id, text=m)
    realm.note("question_id", question.id)
    commitment = await stage.commit(live, 2, owner)
    draft = await stage.draft(**texts | {"title": f"Draft {m}"})
    proposal = await stage.run(ask_proposal, owner, campaign_id=draft.id)
    realm.note("proposal_id", proposal.id)
    done = await stage.live(**texts | {"goal_units": 2})
    delivered = await stage.commit(done, 2, owner)
    shares = [
        {"title": f"{part} {m}", "share_bp": 5_000, "due_at": (stage.now + after).isoformat()}
        for part, after in (("Mould", timedelta(days=20)), ("Rest", timedelta(days=40)))
    ]
    shared = await stage.live(**texts | {"goal_units": 2, "milestones": shares})
    await stage.commit(shared, 2, owner)
    disputed = await stage.commit(live, 1, owner)
    await stage.answer_all()
    await stage.observe("dispute_opened", disputed.id, 1_999, reference=f"dp_{m}")
    await _furnish_claim(realm, stage, owner, disputed.id)
    await stage.pass_time(days=8)
    await stage.answer_all()
    realm.note("campaign_id", live.id, draft.id, done.id)
    realm.note("content", "commitments")
    realm.note("commitment_id", commitment.id, delivered.id)
    await stage.run(supplier.accept, owner, campaign_id=done.id)
    await stage.run(supplier.accept, owner, campaign_id=shared.id)
    await stage.settle()
    rows = (await realm.client.get(f"/campaigns/{shared.id}/milestones")).json()["items"]
    realm.note("milestone_id", rows[0]["id"])
    await stage.deliver(done)
    await stage.settle()
    await _furnish_care(realm, stage, owner, delivered.id)
    issue = await stage.complain(delivered)
    realm.note("issue_id", issue.id)
    [refund] = await refunds_of(stage, commitment)
    realm.note("refund_id", refund.id)
    await stage.run(
        pay_into_bond, owner, amount_minor=900, currency="EUR", payment_method=f"pm_ok_{m}"
    )
    charge = await stage.run(
        record_charge, owner, campaign_id=done.id, kind="provider_fee", amount_minor=5,
        reference=f"fee_{m}",
    )  # fmt: skip
    realm.note("charge_id", charge.id)
    await stage.run(change_settings, owner, changes={"supplier_verification": True})
    realm.note("slug", live.slug)
    realm.note("supplier_id", user_id)
    realm.note("aggregate_id", live.id)
    realm.note("actor_id", user_id)


async def _furnish_claim(realm: Realm, stage: Stage, owner: Context, commitment_id: UUID) -> None:
    """What the supplier owes back for a dispute."""
    async with stage.database.transaction(owner) as session:
        query = select(CardDispute).where(
            CardDispute.tenant_id == realm.tenant_id, CardDispute.commitment_id == commitment_id
        )
        dispute = (await session.execute(query)).scalar_one()
        claim = SupplierClaim(
            tenant_id=realm.tenant_id, id=new_id(), campaign_id=dispute.campaign_id,
            dispute_id=dispute.id, supplier_id=owner.actor_id, amount_minor=700, currency="EUR",
            reason=realm.marker, opened_at=stage.now,
        )  # fmt: skip
        session.add(claim)
    realm.note("dispute_id", dispute.id)
    realm.note("claim_id", claim.id)


async def _furnish_care(realm: Realm, stage: Stage, owner: Context, commitment_id: UUID) -> None:
    """An action at the provider that fits nothing, hence an exception; and one with evidence."""
    m = realm.marker
    await stage.observe("captured", commitment_id, 5, reference=f"cap_{m}")
    found = exceptions.Found("other", "low", f"Odd {m}", m, commitment_id=commitment_id)
    opened = await stage.run(exceptions.open_exception, owner, found=found)
    await stage.run(
        exceptions.add_evidence, owner, exception_id=opened.id, kind="commitment",
        pointer=commitment_id, note=m,
    )  # fmt: skip
    realm.note("exception_id", opened.id)
    await stage.observe("refunded", commitment_id, 10**7, reference=f"re_{m}")
    await stage.settle()
    async with stage.database.transaction(owner) as session:
        query = select(ProviderAction.id).where(
            ProviderAction.tenant_id == realm.tenant_id, ProviderAction.action == "refunded"
        )
        realm.note("action_id", (await session.execute(query)).scalar_one())


async def _furnish_approvals(realm: Realm) -> None:
    user_id = UUID(realm.one("actor_id"))
    owner = Context(realm.tenant_id, "user", user_id, rights().permissions, request_id="furnish")
    async with realm.door.database.transaction(owner) as session:
        asked = await request_approval(
            session,
            owner,
            action="campaigns.sample",
            subject_kind="sample",
            subject_id=new_id(),
            payload={"word": realm.marker},
            summary=f"Release to {realm.marker}",
            reason=realm.marker,
            now=utc_now(),
        )
    answer = await realm.client.patch("/approvals/settings", json={"expires_after_seconds": 7_200})
    assert answer.is_success, answer.text
    realm.note("approval_id", asked.id)
    realm.note("subject_id", asked.subject_id)


async def _furnish_files(realm: Realm) -> None:
    query = {"purpose": "sample", "name": f"{realm.marker}.txt"}
    answer = await realm.client.post("/files", params=query, content=realm.marker.encode())
    assert answer.is_success, answer.text
    file_id, now = UUID(answer.json()["id"]), utc_now()
    context = system_context(realm.tenant_id)
    async with realm.door.database.transaction(context) as session:
        await attach(
            session,
            context,
            file_id=file_id,
            purpose="sample",
            subject_kind="sample",
            subject_id=UUID(realm.one("subject_id")),
            now=now,
        )
    link = signed_link(context, file_id=file_id, expires_at=now + timedelta(days=1), now=now)
    realm.note("file_id", file_id)
    realm.note("link", link.rpartition("/")[2])
    query = {"purpose": "campaign_picture", "name": f"{realm.marker}.png"}
    answer = await realm.client.post("/files", params=query, content=png(7))
    assert answer.is_success, answer.text
    picture_id = answer.json()["id"]
    body = {"title": f"Pictured {realm.marker}", "picture_file_id": picture_id}
    await made(realm, "/campaigns", body)
    realm.note("picture_id", picture_id)


async def _furnish_payments(realm: Realm) -> None:
    """A statement with a line nobody knows, hence a break; its name and reference are marked."""
    line = f"2026-09-01,EUR,5,auth_{realm.marker},{realm.marker}\n"
    answer = await realm.client.post(
        "/payments/statements",
        params={"format": "csv", "file_name": f"{realm.marker}.csv"},
        content=f"value_on,currency,amount_minor,reference,line_id\n{line}".encode(),
    )
    assert answer.status_code == 201, answer.text
    realm.note("statement_id", answer.json()["statement_id"])
    for path, name in (("breaks", "break_id"), ("instructions", "instruction_id")):
        found = (await realm.client.get(f"/payments/{path}")).json()["items"]
        realm.note(name, *(each["id"] for each in found))


async def _furnish_webhooks(realm: Realm) -> None:
    """A webhook whose address, description and log are the realm's."""
    body = {
        "url": f"https://hooks.example.com/{realm.marker}", "description": realm.marker,
        "events": ["campaigns.*"],
    }  # fmt: skip
    webhook = await made(realm, "/webhooks", body)
    realm.note("webhook_id", webhook["id"])
    tested = await made(realm, f"/webhooks/{webhook['id']}/test", None)
    realm.note("webhook_delivery_id", tested["id"])
