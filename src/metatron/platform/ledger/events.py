"""What the ledger announces. Owners of transfers learn their own refusals from the results."""

from typing import ClassVar
from uuid import UUID

from metatron.kernel.events.event import Event


class TransferExpired(Event):
    """A hold was released because its timeout was over; `aggregate_id` is the transfer."""

    name: ClassVar[str] = "ledger.transfer_expired.v1"
    debit_account_id: UUID
    credit_account_id: UUID
    amount_minor: int
    ledger: int
    code: int
    user_data_128: UUID


class BooksSealed(Event):
    """What was booked is sealed up to seal `sequence`; `aggregate_id` is the tenant."""

    name: ClassVar[str] = "ledger.books_sealed.v1"
    sequence: int
    hash: str


class BooksFoundWrong(Event):
    """A check found broken rules; `aggregate_id` is the tenant, `subjects` are the first rows."""

    name: ClassVar[str] = "ledger.books_found_wrong.v1"
    findings: int
    rules: list[str]
    subjects: list[UUID]
