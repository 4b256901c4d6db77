"""How does a text feel? The linear models, what they read, and how well: `docs/understanding.md`."""
