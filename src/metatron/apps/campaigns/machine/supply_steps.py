"""Steps of the supplier's answer: a part accepted with consent, and the allocation."""

from metatron.apps.campaigns.machine.step import Step

CAMPAIGN_STEPS = (
    Step(
        "accept_part", ("awaiting_supplier",), "awaiting_supplier", "supplier",
        guard="At least the published minimum of acceptance, fewer units than are held, and time "
        "enough left in the supplier's window to ask every member.",
        effect="Every member is shown the calculation and asked; silence means a full refund.",
        label="Accept a part",
        money_effect="Funds stay in escrow. A member who does not agree is refunded in full.",
        tells=("organiser", "supplier", "member"),
    ),
    Step(
        "consent_reached", ("awaiting_supplier",), "confirmed", "system",
        guard="The time to agree is over, and what members agreed to still reaches the goal.",
        effect="The price is final; the accepted units are shared out by the published rule.",
        label="Enough members agreed",
        money_effect="Funds of allocated units stay in escrow; the rest is refunded.",
        tells=("organiser", "supplier", "member"),
    ),
    Step(
        "consent_missed", ("awaiting_supplier",), "failing", "system",
        guard="The time to agree is over, and what members agreed to does not reach the goal.",
        effect="Every commitment is refunded in full.",
        label="Too few members agreed",
        money_effect="Every commitment returns from escrow in full, at no cost to the member.",
        tells=("organiser", "supplier", "member"),
    ),
    Step(
        "allocation_done", ("confirmed",), "confirmed", "system",
        guard="No held commitment is left.",
        effect="Every commitment has its units and its final amount; procuring may begin.",
        label="Allocation complete",
        money_effect="Funds of allocated units stay in escrow.",
        tells=("organiser",),
    ),
)  # fmt: skip

COMMITMENT_STEPS = (
    Step(
        "agree", ("held",), "held", "participant",
        guard="The supplier accepted a part, and the time to agree is not over.",
        effect="The commitment takes part in the allocation.",
        label="Agree",
        money_effect="The amount stays in escrow; what is not allocated is refunded.",
        tells=("member",),
    ),
    Step(
        "refuse_part", ("held",), "refund_due", "participant",
        guard="The supplier accepted a part, and the time to agree is not over.",
        effect="The units are given up and the money goes back.",
        label="Leave",
        money_effect="The full amount is refunded from escrow to the original method.",
        tells=("member",),
    ),
    Step(
        "leave_out", ("held",), "refund_due", "system",
        guard="The supplier accepted a part, and this commitment was not agreed or got no units.",
        effect="The provider is instructed to refund in full.",
        label="Not allocated",
        money_effect="The full amount is refunded from escrow to the original method.",
        tells=("member",),
    ),
)  # fmt: skip
