"""The shop's own data: tables, the import of a seller's CSV files, the rules of trade, and reading it all back."""
