"""Health: live, ready, services, metrics, samples for the console."""
