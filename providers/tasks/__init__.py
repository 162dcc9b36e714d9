"""What beat does each minute for providers."""
