"""The only public process: verifies, stores, queues, answers; pushes what is new; serves widget and demo."""
