"""Conversations, their messages and cases: what is stored, who owns them, and the turn that answers."""
