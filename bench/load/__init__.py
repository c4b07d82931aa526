"""A thousand tenants at work: `bin/bench load`."""
