"""The one table of steps, the taking of a step, and the messages that follow it."""
