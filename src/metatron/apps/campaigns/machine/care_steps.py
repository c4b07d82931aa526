"""Steps of the care room: what was done at the provider outside the platform is mirrored."""

from metatron.apps.campaigns.machine.step import Step

_PARTS = ("held", "allocated", "refund_failed", "refunded", "released", "settled")


def _mirror_part(state: str) -> Step:
    return Step(
        "mirror_part", (state,), state, "provider",
        guard="The provider reports a refund made at its own desk.",
        effect="The part is back with the original method, and the books say so.",
        label="Part refunded at the provider",
        money_effect="A part was refunded from escrow to the original method.",
        tells=("member", "organiser"),
    )  # fmt: skip


def _back(state: str) -> Step:
    return Step(
        f"dispute_back_{state}", ("disputed",), state, "provider",
        guard="The dispute has ended and something is in escrow for the commitment.",
        effect="The commitment goes on where it was.",
        label="Back from the dispute",
        money_effect="What is left for the commitment is in escrow.",
        tells=("member", "organiser"),
    )  # fmt: skip


COMMITMENT_STEPS = (
    Step(
        "mirror_refund", ("held", "allocated", "refund_failed"), "refunded", "provider",
        guard="The provider reports a refund made at its own desk of all that is held.",
        effect="The money is back with the original method, and the books say so.",
        label="Refunded at the provider",
        money_effect="The refund is complete.",
        tells=("member", "organiser"),
    ),
    Step(
        "open_dispute", ("held", "allocated"), "disputed", "provider",
        guard="The member's bank has taken the amount back and disputes it.",
        effect="The amount is held apart; nothing is refunded or released meanwhile.",
        label="Disputed by the member's bank",
        money_effect="The bank has the disputed amount until the dispute is decided.",
        tells=("member", "organiser"),
    ),
    *(_back(state) for state in ("held", "allocated")),
    Step(
        "dispute_lost", ("disputed",), "lost", "provider",
        guard="The bank decided for the member, and nothing else is held.",
        effect="The commitment ends; the units are free again.",
        label="The dispute was decided for the member",
        money_effect="The member's bank keeps the amount for the member.",
        tells=("member", "organiser"),
    ),
    *(_mirror_part(state) for state in _PARTS),
)  # fmt: skip
