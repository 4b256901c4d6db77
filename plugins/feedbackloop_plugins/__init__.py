"""The plugins that come with feedbackloop: the first users of its hooks."""
