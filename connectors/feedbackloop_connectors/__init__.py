"""The connectors that come with feedbackloop, one file or folder a source system."""
