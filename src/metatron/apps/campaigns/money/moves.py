"""Kinds of journal entries: their codes in the ledger, and the names of their words."""

from enum import IntEnum
from typing import Literal


class Move(IntEnum):
    """Codes of transfers in the ledger."""

    OPEN_UNITS = 1
    COMMIT_UNITS = 2
    FREE_UNITS = 3
    CAPTURE = 11
    MADE_AVAILABLE = 12
    REFUND_DECIDED = 21
    REFUND = 22
    PART_DECIDED = 23
    PART = 24
    REFUND_CAME_BACK = 25
    RELEASED = 31
    MARGIN = 32
    OUTSIDE_DECIDED = 61
    OUTSIDE_REFUND = 62
    DISPUTE_HELD = 63
    DISPUTE_TAKEN = 64
    DISPUTE_FREED = 65
    DISPUTE_BACK = 66
    DISPUTE_LOST = 67
    LOSS = 68
    CLAIMED = 69
    CLAIM_PAID = 70
    WRITTEN_OFF = 73
    ISSUE_HELD = 71
    ISSUE_FREED = 72
    FEE = 35
    TAX = 36
    PROVIDER_CHARGE = 51
    DISPUTE_CHARGE = 52
    RECHARGE = 53
    BOND_PAID_IN = 54
    BOND_AVAILABLE = 55
    PAYOUT = 33
    PAYOUT_RETURNED = 34
    SHARE_RELEASED = 38
    SUSPENSE_IN = 81
    SUSPENSE_OUT = 82
    SUSPENSE_CLEARED = 83
    CORRECTION = 84
    FEE_LOWERED = 85
    FEE_RAISED = 86
    REFUND_LOSS = 87
    SUSPENSE_BORNE = 88


Mode = Literal["posted", "pending", "post", "void"]
_IN_TWO_PHASES = (
    (Move.CAPTURE, "capture"), (Move.REFUND, "refund"), (Move.PART, "part"),
    (Move.PAYOUT, "payout"), (Move.BOND_PAID_IN, "bond"), (Move.CLAIM_PAID, "claim"),
)  # fmt: skip
_PHASES: tuple[tuple[Mode, str], ...] = (
    ("pending", "instructed"), ("post", "confirmed"), ("void", "refused"),
)  # fmt: skip
TOLD_AS: dict[tuple[Move, Mode], str] = {
    (move, mode): f"{name}_{word}" for move, name in _IN_TWO_PHASES for mode, word in _PHASES
} | {(Move.COMMIT_UNITS, "void"): "free_units"}


def told_as(move: Move, mode: Mode) -> str:
    """Return under which name a move's words stand in the catalogue, and its kind in the API."""
    return TOLD_AS.get((move, mode), move.name.lower())
