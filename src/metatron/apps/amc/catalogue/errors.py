"""What the catalogue can refuse."""

from metatron.kernel.errors import NotFound


class ImportNotFound(NotFound):
    """There is no import of this id in this organisation."""

    code = "amc_import_not_found"
    title = "No import has this id"
