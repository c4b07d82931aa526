"""Answers of the payments routes."""

from typing import Literal

from pydantic import BaseModel


class WebhookAnswer(BaseModel):
    """What became of a message: kept now, here already, or not about this platform."""

    status: Literal["received", "duplicate", "ignored"]
