"""The human desk: agents, their lists, what they do, and what is written down about it."""
