"""People and how they prove who they are. Alone holds the private signing keys."""
