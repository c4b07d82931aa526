"""What boards can refuse."""

from metatron.kernel.errors import NotFound


class BoardNotFound(NotFound):
    """There is no board of this id in this organisation."""

    code = "amc_board_not_found"
    title = "No board has this id"


class SnapshotNotFound(NotFound):
    """There is no such snapshot, or its link shows nothing any more."""

    code = "amc_snapshot_not_found"
    title = "There is no such snapshot"
