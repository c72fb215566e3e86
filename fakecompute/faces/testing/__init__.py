"""What people test with: a cloud with words for tests, one time for it and for the code under test, and a way in.

`fakecompute.testing` and `fakecompute.strategies` are its front doors, faces/pytest_plugin.py its fixtures.
"""
