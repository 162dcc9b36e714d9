"""Every act of this app that writes."""
