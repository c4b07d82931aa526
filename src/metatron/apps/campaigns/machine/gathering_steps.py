"""Steps of extensions, notices and the later ways of funding."""

from metatron.apps.campaigns.machine.step import Step

CAMPAIGN_STEPS = (
    Step(
        "extend", ("live",), "live", "administrator",
        guard="An extension was requested by another person, once only, more than 24 hours before "
        "the deadline, to at most 60 days in all.",
        effect="The closing time moves; every member is asked to stay or to leave.",
        label="Extend",
        money_effect="Funds stay in escrow. For 72 hours every member may leave in full.",
        tells=("organiser", "supplier", "member"),
    ),
    Step(
        "give_notice", ("confirmed",), "confirmed", "organiser",
        guard="What, why, the new conditional date and the worst case are given.",
        effect="Every member is told of the delay and asked to stay or to leave.",
        label="Give notice of a delay",
        money_effect="Funds stay in escrow. A member who leaves is refunded in full.",
        tells=("organiser", "supplier", "member"),
    ),
    Step(
        "give_notice", ("procuring",), "procuring", "organiser",
        guard="What, why, the new conditional date and the worst case are given.",
        effect="Every member is told of the delay and asked to stay or to leave.",
        label="Give notice of a delay",
        money_effect="Funds stay in escrow. A member who leaves is refunded in full.",
        tells=("organiser", "supplier", "member"),
    ),
    Step(
        "give_notice", ("fulfilling",), "fulfilling", "organiser",
        guard="What, why, the new conditional date and the worst case are given.",
        effect="Every member is told of the delay and asked to stay or to leave.",
        label="Give notice of a delay",
        money_effect="Funds stay in escrow. A member who leaves is refunded in full.",
        tells=("organiser", "supplier", "member"),
    ),
)  # fmt: skip

COMMITMENT_STEPS = (
    Step(
        "keep", ("placed",), "placed", "system",
        guard="The campaign is funded by a charge when it closes.",
        effect="The units count towards the goal.",
        label="Keep until the close",
        money_effect="Nothing is taken until the campaign closes with enough commitments.",
        tells=("member",),
    ),
    Step(
        "confirm_authorisation", ("authorising",), "authorised", "provider",
        guard="The provider has reserved the amount.",
        effect="The units count towards the goal.",
        label="Reserved",
        money_effect="The amount is reserved on the member's payment method; nothing is taken yet.",
        tells=("member",),
    ),
    Step(
        "retry_charge", ("authorising",), "authorising", "system",
        guard="The payment method refused, and the days to try again are not over.",
        effect="The provider is instructed again on the next day.",
        label="Try the payment method again",
        money_effect="No money moved; the payment method is asked again.",
        tells=("member",),
    ),
    Step(
        "leave", ("allocated",), "refund_due", "participant",
        guard="A notice asks to stay or to leave, and its time to answer is not over.",
        effect="The units are given up and the money goes back.",
        label="Leave",
        money_effect="The full amount is refunded from escrow to the original method.",
        tells=("member",),
    ),
)  # fmt: skip
