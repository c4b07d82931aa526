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


COMMITMENT_STEPS = (
    Step(
        "mirror_refund", ("held", "allocated", "refund_failed"), "refunded", "provider",
        guard="The provider reports a refund made at its own desk of all that is held.",
        effect="The money is back with the original method, and the books say so.",
        label="Refunded at the provider",
        money_effect="The refund is complete.",
        tells=("member", "organiser"),
    ),
    *(_mirror_part(state) for state in _PARTS),
)  # fmt: skip
