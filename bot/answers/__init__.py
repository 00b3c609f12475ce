"""What the assistant says: every intent answered from shop and order data, several in one reply."""
