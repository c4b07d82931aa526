"""What the guides refuse."""

from metatron.kernel.errors import NotFound


class GuideNotFound(NotFound):
    """No guide has this name."""

    code = "guide_not_found"
    title = "There is no such guide"


class SectionNotFound(NotFound):
    """The guide has no such section or query."""

    code = "guide_section_not_found"
    title = "The guide has no such section"
