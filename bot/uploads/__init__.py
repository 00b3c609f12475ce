"""Files of buyers, whatever channel they came by."""
