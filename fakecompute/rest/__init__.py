"""The floor of what an API is: routes, calls, schemas, views, versions, pages, policy.  No Flask."""
