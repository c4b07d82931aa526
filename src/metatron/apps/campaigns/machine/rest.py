"""Where the rest of a commitment is, for messages about a part of it.

The provider may answer about a part whatever became of the commitment meanwhile, so that the facts
of these messages follow from where the rest is when the message is written.
"""

from metatron.apps.campaigns.wording import catalogue

FACTS = ("escrow", "refund", "supplier", "failure")
_BY_STATE = {
    "held": "held",
    "allocated": "allocated",
    "withdrawn": "returning",
    "refund_due": "returning",
    "refund_failed": "returning",
    "refunded": "returned",
    "released": "released",
    "settled": "released",
    "disputed": "disputed",
    "lost": "lost",
}
_GIVES_BACK = frozenset({"failing", "failed", "cancelling", "cancelled", "unwinding", "unwound"})


def where_the_rest_is(commitment_state: str, campaign_state: str) -> str:
    """Return the name of the facts that hold for the rest of a captured commitment.

    A commitment that still waits for its turn while its campaign gives everything back is due back.
    """
    found = _BY_STATE[commitment_state]
    if found in {"held", "allocated"} and campaign_state in _GIVES_BACK:
        return "returning"
    return found


def rest_places(commitment_state: str, campaign_state: str) -> dict[str, str]:
    """Return the places of the facts about the rest; empty ones before anything was captured."""
    if commitment_state not in _BY_STATE:
        return {f"rest_{fact}": "" for fact in FACTS}
    facts = catalogue("messages")["rest"][where_the_rest_is(commitment_state, campaign_state)]
    return {f"rest_{fact}": facts[fact] for fact in FACTS}
