"""The applications; none imports another."""
