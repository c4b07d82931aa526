"""The gate: from a request's credentials to a Context, or a refusal."""
