"""What a buyer asks: clauses, intents with calibrated confidence, entities with exact spans."""
