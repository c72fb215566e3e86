"""The one Flask app, and the way of every request through it."""
