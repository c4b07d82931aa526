"""What the payments module keeps about people: ids, and what providers told."""

from metatron.kernel.personal_data import PersonalData

PERSONAL_DATA = (
    PersonalData(
        name="money",
        title="Payments, and what the provider and the bank told about them",
        fate="kept",
        tables=(
            "payments.instruction", "payments.webhook_inbox", "payments.observation",
            "payments.statement", "payments.statement_line", "payments.reconciliation_break",
            "payments.dispute_evidence", "payments.instruction_attempt",
        ),
        why="The law asks to keep records of money",
        years=7,
    ),
)  # fmt: skip
