"""Amazon Marketing Cloud: its SQL, and a local AMC to work against."""
