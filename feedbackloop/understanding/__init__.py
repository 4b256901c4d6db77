"""What do people say, feel, expect and promise in their texts? Pure functions: no clock, no store, no network."""
