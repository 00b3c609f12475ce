"""The command line: ``liaison chat | parse | train | import | data-check``."""
