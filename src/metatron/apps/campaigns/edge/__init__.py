"""The HTTP edge of campaigns, one file an audience."""
