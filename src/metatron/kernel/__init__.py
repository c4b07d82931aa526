"""Tools without a business noun; imports nothing else of ours."""
