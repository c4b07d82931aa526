"""From review to the decision: joining, committing, closing."""
