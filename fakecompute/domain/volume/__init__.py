"""Cinder: how volumes are made, attached, moved and lost."""
