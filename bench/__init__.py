"""Measurements: `bin/bench NAME`."""
