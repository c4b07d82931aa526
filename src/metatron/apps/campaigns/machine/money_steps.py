"""Steps of the money room: a part of a commitment goes back while the commitment goes on.

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
    return tuple(steps)


COMMITMENT_STEPS = _of_parts()
