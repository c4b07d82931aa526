"""Steps of milestones and of a longer inspection."""

from typing import Literal

from metatron.apps.campaigns.machine.step import Step


def _share(source: str, target: str) -> Step:
    name: Literal["release_share", "release_upfront"]
    name = "release_share" if source == target else "release_upfront"
    return Step(
        name, (source,), target, "system",
        guard="The published milestone was approved by two persons of finance, or its evidence "
        "stood for the published time; no issue is open.",
        effect="The published share is released; the rest follows as the rules say.",
        label="Release a share",
        money_effect="The published share is released from escrow; the rest stays in escrow.",
        tells=("organiser", "supplier", "member"),
    )  # fmt: skip


def _again(source: str) -> Step:
    return Step(
        "retry_payout", (source,), source, "finance",
        guard="The provider refused a payment to the supplier.",
        effect="The payment is instructed again.",
        label="Instruct the payment again",
        needs_reason=True,
        money_effect="The supplier's part is instructed to the provider again.",
        tells=("organiser",),
    )  # fmt: skip


CAMPAIGN_STEPS = (
    _again("procuring"),
    _again("fulfilling"),
    _share("confirmed", "fulfilling"),
    _share("procuring", "procuring"),
    _share("fulfilling", "fulfilling"),
    Step(
        "extend_inspection", ("inspecting",), "inspecting", "organiser",
        guard="The inspection has not ended, it was not extended before, at most 30 days more.",
        effect="Members have longer to inspect and to report an issue.",
        label="Extend the inspection",
        needs_reason=True,
        money_effect="Funds stay in escrow until the inspection ends.",
        tells=("organiser", "supplier", "member"),
    ),
)  # fmt: skip

COMMITMENT_STEPS = (
    Step(
        "release_share", ("allocated",), "allocated", "system",
        guard="The share's milestone is approved and no issue of this commitment is open.",
        effect="The published share is released; the rest stays as it is.",
        label="Release a share",
        money_effect="The published share is released from escrow; the rest stays in escrow.",
        told_with="release_share",
    ),
    Step(
        "open_issue", ("allocated",), "allocated", "participant",
        guard="The inspection is running and no issue of this commitment is open.",
        effect="The commitment is not released until the issue is decided.",
        label="Report an issue",
        money_effect="What is in escrow for the commitment is held apart until the decision.",
        tells=("member", "organiser", "supplier"),
    ),
    Step(
        "answer_issue", ("allocated",), "allocated", "supplier",
        guard="An issue of this commitment is open.",
        effect="The supplier's side is kept with the issue.",
        label="Answer the issue",
        money_effect="What is in escrow for the commitment stays held apart.",
        tells=("member", "organiser"),
    ),
    Step(
        "close_issue", ("allocated",), "allocated", "finance",
        guard="The issue was decided without a full refund.",
        effect="The commitment is released with the others.",
        label="Decide the issue",
        needs_reason=True,
        money_effect="What is not refunded goes on in escrow until the release.",
        tells=("member", "supplier"),
    ),
)  # fmt: skip
