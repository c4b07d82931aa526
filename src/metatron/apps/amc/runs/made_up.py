"""Runs over Amazon's made-up data, which alone may leave without aggregation controls.

Amazon wants every run of an AMC sandbox to ask for made-up data, and lets no other client do so;
it does not list which instances are sandboxes, so whoever sets up clients says it. The data of
the local AMC are made up everywhere.
"""

from metatron.apps.amc.runs.sources import Place
from metatron.kernel.errors import InvalidInput


def is_made_up(place: Place, *, asked: bool, uncontrolled: bool) -> bool:
    """Tell whether a run asks Amazon for made-up data, as every one of a sandbox does.

    `asked` for them and `uncontrolled` (by aggregation) are what somebody wants.

    Raises:
        InvalidInput: the place has none, or data of people would leave without controls.
    """
    if asked and not (place.is_sandbox or place.is_local):
        hint = (
            f"{place.name} is no AMC sandbox: Amazon has made-up data in sandboxes only. Whoever"
            " sets up clients can say that a client is one."
        )
        raise InvalidInput.field("body.require_synthetic_data", "no_sandbox", hint)
    made_up = asked or place.is_sandbox
    if uncontrolled and not made_up:
        hint = "Amazon lifts its aggregation controls over made-up data only: ask for those, too."
        raise InvalidInput.field("body.disable_aggregation_controls", "data_of_people", hint)
    return made_up
