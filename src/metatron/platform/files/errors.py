"""All that the files module refuses."""

from metatron.kernel.errors import DomainError, InvalidInput, NotFound


class FileNotFound(NotFound):
    """No file has this id in this organisation, or it was deleted."""

    code = "file_not_found"
    title = "There is no such file"


class ContentMissing(DomainError):
    """The row is here and its content is not, or not whole: somebody must look at the folder."""

    status = 410
    code = "file_content_missing"
    title = "The content of this file is lost"


class RangeNotSatisfiable(DomainError):
    """Not a byte of the part asked for is there; `Content-Range` tells how many there are."""

    status = 416
    code = "range_not_satisfiable"
    title = "The file ends before the part that was asked for"

    def __init__(self, size_bytes: int = 0) -> None:
        """Tell how long the file is."""
        detail = f"The file has {size_bytes} bytes."
        super().__init__(detail, headers={"Content-Range": f"bytes */{size_bytes}"})


class PurposeUnknown(InvalidInput):
    """No module of this process takes files for this purpose."""

    code = "file_purpose_unknown"
    title = "Files are not taken for this purpose"


class FileTooLarge(DomainError):
    """More bytes than the purpose takes."""

    status = 413
    code = "file_too_large"
    title = "The file is too large"


class FileEmpty(InvalidInput):
    """No byte came."""

    code = "file_empty"
    title = "The file is empty"


class UploadIncomplete(DomainError):
    """The connection ended, or the length announced was another: nothing was kept."""

    status = 400
    code = "upload_incomplete"
    title = "The file did not arrive whole"


class MediaTypeRefused(DomainError):
    """The content is not of a type that the purpose takes, whatever its name says."""

    status = 415
    code = "file_type_refused"
    title = "Files of this type are not taken here"


class LinkInvalid(NotFound):
    """The link was not made here, or was changed."""

    code = "file_link_invalid"
    title = "This link does not open anything"


class LinkExpired(DomainError):
    """The link's time is over."""

    status = 410
    code = "file_link_expired"
    title = "This link has expired"
