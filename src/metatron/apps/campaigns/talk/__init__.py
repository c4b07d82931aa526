"""What is said around a campaign: weekly status, updates, questions and their answers."""
