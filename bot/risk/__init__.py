"""Alarm words: found before and without Rasa, whatever people do to the letters."""
