"""What tenants cost as they grow: `bin/bench tenants`."""
