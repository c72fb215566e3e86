"""The floor without OpenStack: time, events, state, randomness and the journal."""
