"""Group-buying campaigns under published rules, from commitment to release or return."""
