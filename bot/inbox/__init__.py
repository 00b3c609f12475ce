"""The inbox on Redis Streams: which conversations wait for a turn, which worker takes them, and who is told."""
