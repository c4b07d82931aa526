"""Answers of the dashboard."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel


class DayShown(BaseModel):
    """What was placed on one day; `kept_units` of it still stand."""

    on: date
    commitments: int
    units: int
    amount_minor: int
    kept_units: int


class StageShown(BaseModel):
    """How many commitments stand at this stage or beyond; "left" is what went out again."""

    stage: Literal["placed", "held", "allocated", "settled", "left"]
    commitments: int
    units: int
    amount_minor: int


class ForecastShown(BaseModel):
    """Units at the close if the last `days_used` whole days go on: their mean, lowest, highest."""

    units: int
    low_units: int
    high_units: int
    days_used: int


class DashboardAnswer(BaseModel):
    """The figures of one campaign, all read at one instant, for the organisation only."""

    state: str
    currency: str
    time_zone: str
    goal_units: int | None
    deadline_at: datetime | None
    read_at: datetime
    first_on: date
    today_on: date
    days: list[DayShown]
    stages: list[StageShown]
    forecast: ForecastShown | None


class EscrowDayShown(BaseModel):
    """What the provider held for the campaign at the end of a day; of the last one, now."""

    on: date
    held_minor: int


class EscrowDaysAnswer(BaseModel):
    """The days from the opening on, the last ninety at most, in the campaign's time zone."""

    currency: str
    time_zone: str
    days: list[EscrowDayShown]
