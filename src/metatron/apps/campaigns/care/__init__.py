"""What goes wrong: the register of exceptions, and what was done outside the platform."""
