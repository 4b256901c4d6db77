"""What do a text's words say? Pure functions over batches of texts: no clock, no network, no database."""
