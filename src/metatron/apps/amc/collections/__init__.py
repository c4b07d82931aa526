"""Collections: a workflow over clients and segments of time, gathered bit by bit."""
