"""What the catalogue announces."""

from metatron.kernel.events.event import Event


class CatalogueImported(Event):
    """A file was read into the catalogue; `aggregate_id` is the import."""

    name = "amc.catalogue_imported.v1"
    subject: str
    added: int
    changed: int
    refused: int


class CatalogueImportFailed(Event):
    """Nothing was taken: a file that cannot be read, or an Amazon that gave nothing."""

    name = "amc.catalogue_import_failed.v1"
    subject: str


class MappingSaved(Event):
    """Somebody saved what a client has; `aggregate_id` is the client."""

    name = "amc.mapping_saved.v1"
    brands: int
    asins: int
    campaigns: int
