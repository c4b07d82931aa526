"""Runs: asked for, submitted, followed, fetched, read and exported."""
