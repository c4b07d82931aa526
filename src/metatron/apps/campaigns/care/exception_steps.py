"""The life of an exception: the one table that service, database and page obey."""

from dataclasses import dataclass
from typing import Literal

Category = Literal[
    "delivery_failure", "participant_dispute", "supplier_deviation", "escrow_anomaly",
    "process_failure", "communication_failure", "other",
]  # fmt: skip
Severity = Literal["low", "medium", "high", "critical"]
State = Literal["detected", "triaged", "in_progress", "resolved", "closed"]
StepName = Literal["triage", "begin", "resolve", "close"]
EvidenceKind = Literal[
    "file", "campaign", "commitment", "refund", "payout", "transfer", "instruction",
    "observation", "statement_break", "message",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExceptionStep:
    """One permitted change; there is no other way from one state to another."""

    name: StepName
    source: State
    target: State
    label: str
    guard: str


STEPS = (
    ExceptionStep("triage", "detected", "triaged", "Triage", "None."),
    ExceptionStep("begin", "triaged", "in_progress", "Begin", "Somebody is assigned."),
    ExceptionStep("resolve", "in_progress", "resolved", "Resolve", "What was done is said."),
    ExceptionStep(
        "close", "resolved", "closed", "Close the exception", "At least one piece of evidence."
    ),
)


def step_from(name: str, state: str) -> ExceptionStep | None:
    """Return the step `name` out of `state`, None where the table has none."""
    for step in STEPS:
        if (step.name, step.source) == (name, state):
            return step
    return None


def names_from(state: str) -> list[str]:
    """Return the names of the steps out of `state`."""
    return [step.name for step in STEPS if step.source == state]
