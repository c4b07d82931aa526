"""The operators' console: the job queue and the state of the whole."""
