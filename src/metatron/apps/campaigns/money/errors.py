"""What entries by hand refuse."""

from metatron.kernel.errors import DomainError, NotFound


class ManualEntryNotFound(NotFound):
    """No entry by hand has this id in this organisation."""

    code = "manual_entry_not_found"
    title = "There is no such entry"


class ChargeNotFound(NotFound):
    """No fee has this id in this organisation."""

    code = "provider_charge_not_found"
    title = "There is no such fee"


class ManualEntryNotPossible(DomainError):
    """It is settled, cleared, taken back or right already, or the line has an owner."""

    code = "manual_entry_not_possible"
    title = "This entry is not possible now"
