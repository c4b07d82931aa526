"""What the ledger refuses before it looks at an account; all else is a result of its own."""

from metatron.kernel.errors import Busy, DomainError, InvalidInput


class LedgerInputInvalid(InvalidInput):
    """A value that no ledger field can hold, an empty text, or a batch that is too large."""

    code = "ledger_input_invalid"
    title = "The ledger cannot take this"


class TransferRefused(DomainError):
    """A transfer that had to pass did not; `extra` holds its id and the ledger's result name."""

    code = "transfer_refused"
    title = "The ledger refused the transfer"


class LedgerBusy(Busy):
    """More transfers wait for the ledger than it may keep waiting."""

    code = "ledger_busy"
    title = "Too many bookings are waiting; try again in a moment"


class LedgerClosing(Busy):
    """The process is ending; whether an unanswered transfer was booked, its id will tell."""

    code = "ledger_closing"
    title = "The server is restarting; try again in a moment"
