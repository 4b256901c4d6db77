"""What do the judged items say, and what should be done about it? Pure functions: no store, no hooks, no clock of their own."""
