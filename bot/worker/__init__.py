"""The worker: takes conversations off the inbox and answers them."""
