"""Steps that only tell: the weekly status."""

from metatron.apps.campaigns.machine.step import Step


def _status(state: str) -> Step:
    return Step(
        "tell_status", (state,), state, "system",
        guard="A week has passed since the campaign opened, or since the last status.",
        effect="Members and organiser are told where the campaign stands.",
        label="Weekly status",
        money_effect="Funds stay in escrow.",
        tells=("organiser", "member"),
    )  # fmt: skip


CAMPAIGN_STEPS = (_status("live"), _status("paused"))
