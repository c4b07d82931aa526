"""Lets pages of named origins call the API: whatever its routes take and its answers tell."""

from collections.abc import Sequence

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

TAKEN = (
    "authorization", "content-type", "idempotency-key", "if-match", "if-none-match", "if-range",
    "last-event-id", "range", "x-admin-key", "x-api-key", "x-metatron-csrf", "x-request-id",
)  # fmt: skip
"""Headers that requests may carry."""
TOLD = (
    "accept-ranges", "content-disposition", "content-range", "deprecation", "etag",
    "idempotent-replayed", "link", "location", "ratelimit-limit", "ratelimit-policy",
    "ratelimit-remaining", "ratelimit-reset", "retry-after", "sunset", "x-request-id",
    "x-unread-parameters",
)  # fmt: skip
"""Headers of answers that a page may read."""


def let_in(application: FastAPI, origins: Sequence[str]) -> None:
    """Answer the browsers of `origins`; the application has all its routes by now."""
    methods = {
        method for route in application.routes for method in getattr(route, "methods", None) or ()
    }
    application.add_middleware(
        CORSMiddleware,
        allow_origins=list(origins),
        allow_credentials=True,
        allow_methods=sorted(methods - {"HEAD", "OPTIONS"}),
        allow_headers=list(TAKEN),
        expose_headers=list(TOLD),
    )
