"""Measurements of campaigns; each part is a module."""
