"""What boards can refuse."""

from metatron.kernel.errors import DomainError, NotFound


class BoardNotFound(NotFound):
    """There is no board of this id in this organisation."""

    code = "amc_board_not_found"
    title = "No board has this id"


class BoardTooLarge(DomainError):
    """The figures of so many measures, clients and segments are not put together at once."""

    status = 422
    code = "amc_board_too_large"
    title = "This is too much to show at once"

    def __init__(self, measures: int, most: int) -> None:
        """Name how many segments of clients the measures may be shown over."""
        super().__init__(
            f"{measures} measures are shown over at most {most:,} segments of clients, the period"
            " compared with included. Choose a shorter period, one client, or fewer measures.",
            extra={"most_segments": most},
        )


class SnapshotNotFound(NotFound):
    """There is no such snapshot, or its link shows nothing any more."""

    code = "amc_snapshot_not_found"
    title = "There is no such snapshot"
