"""All that the records module refuses."""

from metatron.kernel.errors import DomainError, NotFound


class ViewNotFound(NotFound):
    """None of one's own views has this id in this organisation."""

    code = "saved_view_not_found"
    title = "There is no such view"


class TooManyViews(DomainError):
    """A list has as many views of one's own as a person may keep, or all lists have."""

    status = 409
    code = "too_many_saved_views"
    title = "You keep as many views as can be kept: forget one first"
