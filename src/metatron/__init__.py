"""Metatron: a self-hosted, multi-tenant business suite for product brands."""

__version__ = "0.1.0"
