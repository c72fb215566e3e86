"""State machines as tables, to be read beside Nova's source."""
