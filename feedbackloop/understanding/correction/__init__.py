"""What do the desk's own ratings teach the shipped models? See `docs/local-ratings.md`."""
