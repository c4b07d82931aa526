"""The manifest of campaigns."""

from pathlib import Path

from metatron.apps.campaigns import errors
from metatron.apps.campaigns.care.errors import (
    ClaimNotFound,
    ClaimNotPossible,
    ProviderActionNotFound,
    ProviderActionNotPossible,
)
from metatron.apps.campaigns.delivery.errors import MilestoneNotFound, MilestoneNotPossible
from metatron.apps.campaigns.edge import concerned
from metatron.apps.campaigns.gathering import reviews
from metatron.apps.campaigns.jobs import JOBS
from metatron.apps.campaigns.machine.page_address import page_address
from metatron.apps.campaigns.money.errors import (
    ChargeNotFound,
    ManualEntryNotFound,
    ManualEntryNotPossible,
)
from metatron.apps.campaigns.money.under_way import money_under_way
from metatron.apps.campaigns.permissions import PERMISSIONS, READ, ROLE_GRANTS
from metatron.apps.campaigns.personal_data import PERSONAL_DATA, obstacles
from metatron.apps.campaigns.subscribers import SUBSCRIPTIONS
from metatron.apps.campaigns.trust import checks
from metatron.kernel.module import Module, Retention, routers_in

TABLES = (
    "settings", "terms", "consolidation_point", "campaign", "commitment", "transition",
    "acknowledgement", "fulfilment_event", "issue", "payout", "message", "refund",
    "provider_charge", "bond_deposit", "manual_entry",
    "notice", "notice_answer", "public_update", "question",
    "exception", "exception_entry", "exception_evidence", "provider_action",
    "card_dispute", "dispute_file", "supplier_claim", "claim_payment", "supplier_proposal",
    "review_opinion", "supplier_verification",
    "consent", "product", "delivery_address", "receipt", "milestone", "evidence", "share_release",
    "gathered",
)  # fmt: skip
RULES = ("campaigns.allowed_transition", "campaigns.allowed_exception_step")

checks.register()
concerned.register()
reviews.register()

MODULE = Module(
    name="campaigns",
    title="Campaigns",
    service="campaigns",
    needs=("platform.ledger", "payments", "notifications", "approvals", "files"),
    optional=True,
    outlives_suspension=True,
    routers=routers_in(
        "metatron.apps.campaigns.edge",
        "organiser_routes",
        "dashboard_routes",
        "desk_routes",
        "member_routes",
        "notice_routes",
        "supplier_routes",
        "supply_routes",
        "proposal_routes",
        "public_routes",
        "picture_routes",
        "review_routes",
        "administration_routes",
        "delivery_routes",
        "own_delivery_routes",
        "milestone_routes",
        "care_routes",
        "money_routes",
        "bond_routes",
        "manual_routes",
        "claim_routes",
        "loss_routes",
        "verification_routes",
        "talk_routes",
        "trust_routes",
    ),
    jobs=JOBS,
    subscriptions=SUBSCRIPTIONS,
    permissions=PERMISSIONS,
    role_grants=ROLE_GRANTS,
    watch=READ,
    settings_path="/campaign-settings",
    refusals={
        "approve_approval": (
            errors.CampaignNotFound,
            errors.CommitmentNotFound,
            errors.RefundNotFound,
            errors.IssueNotFound,
            errors.IssueResolved,
            errors.ReasonRequired,
            errors.TransitionNotAllowed,
            errors.CommitmentDisputed,
            errors.RefundExceedsEscrow,
            errors.PreviewOutdated,
            errors.CoverageGap,
            errors.SupplierNotVerified,
            errors.LedgerRefused,
            ChargeNotFound,
            ManualEntryNotFound,
            ManualEntryNotPossible,
            MilestoneNotFound,
            MilestoneNotPossible,
            ClaimNotFound,
            ClaimNotPossible,
            ProviderActionNotFound,
            ProviderActionNotPossible,
            errors.ChargeDiffers,
        ),
    },
    personal_data=PERSONAL_DATA,
    obstacles=obstacles,
    money_under_way=money_under_way,
    retention=tuple(
        Retention(table) for table in (*(f"campaigns.{each}" for each in TABLES), *RULES)
    ),
    global_tables=RULES,
    migrations=Path(__file__).parent / "migrations",
    startup=(page_address.open,),
)
