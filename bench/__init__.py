"""Measurements. ``make bench`` prints tables for people and writes ``var/bench.json`` for machines."""
