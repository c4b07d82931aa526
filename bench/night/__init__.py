"""A night of faults under load."""
