"""Liaison: a multilingual buyer-service assistant for sellers who trade across borders."""

__version__ = "0.1.0"
