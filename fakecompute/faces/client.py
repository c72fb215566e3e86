from fakecompute.wsgi.client import Answer, Http  # noqa: F401  for a moment: the client has moved
