"""Which language a buyer writes, and text made comparable across scripts and spellings."""
