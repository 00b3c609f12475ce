"""The custom actions Rasa runs; flat, as rasa-sdk loads them."""
