"""Steps of the money room: refunds in part, by hand and by another way, and unwinding.

A part may be answered by the provider whatever became of the commitment meanwhile, so that its
steps lead from every state after the capture to the same state.
"""

from metatron.apps.campaigns.machine.step import Step

STATES_WITH_PARTS = (
    "held", "allocated", "refund_due", "refund_failed", "refunded", "released", "settled",
)  # fmt: skip
"""Where a commitment may be while the provider answers about a part of it."""


def _of_parts() -> tuple[Step, ...]:
    steps = [
        Step(
            "return_part", (state,), state, "system",
            guard="Less than what is in escrow for the commitment.",
            effect="The provider is instructed to refund the part; the rest stays as it is.",
            label="Return a part",
            money_effect="A part of the amount is refunded from escrow to the original method.",
            tells=("member",),
        )
        for state in ("held", "allocated")
    ]  # fmt: skip
    for state in STATES_WITH_PARTS:
        steps += [
            Step(
                "confirm_part", (state,), state, "provider",
                guard="The provider confirms the refund of a part.",
                effect="The part is back with the original method.",
                label="Part refunded",
                money_effect="The refund of the part is complete.",
                tells=("member",),
            ),
            Step(
                "reject_part", (state,), state, "provider",
                guard="The provider refuses the refund of a part.",
                effect="The part stays due and visible until it succeeds.",
                label="Refund of a part refused by the provider",
                money_effect="The part is still held for the member; the refund is tried again.",
                tells=("member", "organiser"),
            ),
            Step(
                "retry_part", (state,), state, "finance",
                guard="None.",
                effect="The provider is instructed again.",
                label="Instruct the refund of a part again",
                money_effect="The part is refunded from escrow to the original method.",
                tells=("member",),
            ),
        ]  # fmt: skip
    for state in (*STATES_WITH_PARTS, "disputed", "lost"):
        steps.append(
            Step(
                "part_came_back", (state,), state, "provider",
                guard="The provider returns a part it had confirmed as refunded.",
                effect="The part is due again and visible until it succeeds.",
                label="Refund of a part came back",
                money_effect="The part is held for the member again; the refund is tried again.",
                tells=("member",),
            )
        )  # fmt: skip
    return tuple(steps)


_WHOLE = "What is in escrow for the commitment is refunded to the original method."
_BY_HAND = (
    Step(
        "refund_came_back", ("refunded",), "refund_failed", "provider",
        guard="The provider returns a refund it had confirmed: the method is closed.",
        effect="The refund is due again and visible until it succeeds.",
        label="Refund came back",
        money_effect="The amount is held for the member again; the refund is tried again.",
        tells=("member",),
    ),
    Step(
        "refund_by_hand", ("held", "allocated"), "refund_due", "finance",
        guard="A reason is given and no issue of the commitment is open.",
        effect="The provider is instructed to refund what is in escrow.",
        label="Refund",
        needs_reason=True,
        money_effect=_WHOLE,
        tells=("member",),
        needs_approval=True,
    ),
    Step(
        "agree_payout", ("refund_failed",), "refund_due", "finance",
        guard="The member has agreed to another way to be paid; evidence is given.",
        effect="The provider is instructed to pay the refund there.",
        label="Pay the refund another way",
        needs_reason=True,
        money_effect="The refund goes from escrow to the account the member has agreed to.",
        tells=("member",),
        needs_approval=True,
    ),
    Step(
        "refund_unwound", ("held", "allocated"), "refund_due", "system",
        guard="The campaign has ended early and returns what was not released.",
        effect="The provider is instructed to refund what is in escrow.",
        label="Refund what was not released",
        money_effect=_WHOLE,
        told_with="unwind",
    ),
)  # fmt: skip
COMMITMENT_STEPS = _of_parts() + _BY_HAND

CAMPAIGN_STEPS = (
    Step(
        "unwind", ("confirmed", "procuring", "fulfilling", "inspecting"), "unwinding",
        "administrator",
        guard="The supplier has not kept its duty; a reason is given.",
        effect="What was not released of every commitment is refunded.",
        label="End and refund what is left",
        needs_reason=True,
        money_effect="All that has not been released returns from escrow, at no cost to members.",
        tells=("organiser", "supplier", "member"),
        needs_approval=True,
    ),
    Step(
        "retry_refunds", ("unwinding",), "unwinding", "finance",
        guard="The provider refused at least one refund.",
        effect="Refused refunds are instructed again.",
        label="Instruct refused refunds again",
        needs_reason=True,
        money_effect="The refused refunds are instructed to the provider again.",
        tells=("organiser",),
    ),
    Step(
        "retry_payout", ("unwinding",), "unwinding", "finance",
        guard="The provider refused a payment to the supplier.",
        effect="The payment is instructed again.",
        label="Instruct the payment again",
        needs_reason=True,
        money_effect="The supplier's released part is instructed to the provider again.",
        tells=("organiser",),
        needs_approval=True,
    ),
    Step(
        "retry_payout", ("unwound",), "unwound", "finance",
        guard="A payment to the supplier came back to the provider.",
        effect="The payment is instructed again.",
        label="Instruct the payment again",
        needs_reason=True,
        money_effect="The supplier's released part is instructed to the provider again.",
        tells=("organiser",),
        needs_approval=True,
    ),
    Step(
        "end_unwinding", ("unwinding",), "unwound", "system",
        guard="Every refund is confirmed by the provider and escrow is at zero.",
        effect="Nothing is left open in the books of the campaign.",
        label="Close after the last refunds",
        money_effect="Nothing is left in escrow.",
        tells=("organiser", "supplier", "member"),
    ),
)  # fmt: skip
