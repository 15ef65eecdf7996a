"""The customers' pages. Each starts from what the person may see; the rest is as if missing."""
