"""Which words of a text are its author's own, and meant as feedback? What is cut, and why: `docs/cleaning.md`."""
