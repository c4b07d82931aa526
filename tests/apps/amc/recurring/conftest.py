"""The stage of the runs: an organisation connected to a scripted local AMC."""

from tests.apps.amc.runs.conftest import scripted_amazon, stage

__all__ = ["scripted_amazon", "stage"]
