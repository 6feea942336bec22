"""Reading ``sessions.yaml`` and what it says: model, reader, clock, lifecycle."""
