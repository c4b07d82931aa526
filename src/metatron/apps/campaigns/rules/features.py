"""Features an organisation switches on for itself: each is a setting, off until then."""

from typing import Literal

from metatron.apps.campaigns.errors import FeatureSwitchedOff
from metatron.apps.campaigns.tables import Settings

type Feature = Literal["counter_proposals", "supplier_verification"]


def demand_feature(settings: Settings, feature: Feature) -> None:
    """Refuse what belongs to a feature that the organisation has not switched on.

    Raises:
        FeatureSwitchedOff: it is off; `feature` names the setting.
    """
    if not getattr(settings, feature):
        raise FeatureSwitchedOff(feature)
