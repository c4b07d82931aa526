"""Destinations: where results are taken to, and what became of each delivery."""
