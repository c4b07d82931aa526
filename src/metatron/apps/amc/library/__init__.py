"""Workflows, their versions and parameter sets."""
