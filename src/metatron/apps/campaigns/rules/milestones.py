"""Shares released before the inspection: what is published of them, and what is wrong with them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from metatron.apps.campaigns.tables import Campaign
from metatron.apps.campaigns.wording import show_instant, texts
from metatron.kernel.errors import FieldError

PLAN_JOB = "campaigns.plan_milestones"
WHOLE = 10_000
MOST = 10


def wrong_milestones(
    campaign: Campaign, given: Sequence[Mapping[str, Any]]
) -> Iterator[FieldError]:
    """Yield what is wrong with a list of milestones; the last is the end of the inspection.

    Shares are basis points that sum to 10,000; due dates rise and lie after the deadline.
    """
    if not given:
        return
    if sum(each["share_bp"] for each in given) != WHOLE:
        yield FieldError("milestones", "sum_not_whole", "The shares sum to 10,000 basis points.")
    if len(given) < 2:
        hint = "Name at least one share before the inspection; the last share is released after it."
        yield FieldError("milestones", "too_few", hint)
    titles = [each["title"] for each in given]
    if len(set(titles)) < len(titles):
        yield FieldError("milestones", "twice", "Each milestone has a title of its own.")
    before = campaign.deadline_at.isoformat() if campaign.deadline_at else ""
    for number, each in enumerate(given):
        if each.get("is_upfront") and number:
            hint = "Only the first share can be released before anything is delivered."
            yield FieldError(f"milestones.{number}.is_upfront", "not_first", hint)
        if each["due_at"] <= before:
            hint = "Milestones are due after the deadline, one after the other."
            yield FieldError(f"milestones.{number}.due_at", "not_rising", hint)
        before = each["due_at"]


def milestone_rule(campaign: Campaign) -> list[dict[str, Any]]:
    """Return the rule that discloses the shares; none when nothing is released early."""
    if not campaign.milestones:
        return []
    parts = texts("member.milestones")
    *early, last = campaign.milestones
    told = []
    for number, each in enumerate(early, 1):
        due = datetime.fromisoformat(each["due_at"])
        told.append(
            parts["share"].format(
                number=number,
                title=each["title"],
                per_cent=per_cent(each["share_bp"]),
                due=show_instant(due, campaign.time_zone),
            )
        )
        if each.get("auto_approve_hours"):
            told.append(parts["auto"].format(hours=each["auto_approve_hours"]))
    rest = parts["rest"].format(per_cent=per_cent(last["share_bp"]))
    text = " ".join([*told, parts["evidence"], rest])
    return [{"heading": parts["heading"], "text": text, "members_only": False}]


def per_cent(basis_points: int) -> str:
    """Return basis points as per cent without needless zeros: 2,550 is `25.5`."""
    whole, part = divmod(basis_points, 100)
    return f"{whole}.{part:02d}".rstrip("0").rstrip(".")
