"""Rasa Open Source 3.6 as a frozen part: our components, our tracker store, one loaded agent.

Nothing outside this package and ``actions/`` imports Rasa.
"""
