"""What did somebody expect, and how did it turn out, in his own words? How well that is read: `docs/expectations.md`."""
