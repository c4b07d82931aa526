"""What an organisation sells and advertises, and which of it belongs to which client."""
