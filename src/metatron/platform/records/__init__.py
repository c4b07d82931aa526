"""What people keep about the lists of all modules: views under a name."""
