"""Run the suite's processes."""
