"""What entries by hand refuse."""

from metatron.kernel.errors import DomainError, NotFound


class ManualEntryNotFound(NotFound):
    """No entry by hand has this id in this organisation."""

    code = "manual_entry_not_found"
    title = "There is no such entry"


class ManualEntryNotPossible(DomainError):
    """It is settled, cleared or taken back, or the line has an owner."""

    code = "manual_entry_not_possible"
    title = "This entry is not possible now"
