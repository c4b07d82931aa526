"""Whom calls outward trust.

Reading the certificates of all authorities takes 30 ms, in which a process answers nobody, and a
megabyte: it is done once a process, before workers fork off.
"""

import ssl
from functools import cache

import httpx


@cache
def authorities() -> ssl.SSLContext:
    """Return the TLS context of all HTTP clients; the environment does not change it."""
    return httpx.create_ssl_context(trust_env=False)
