"""The typed HTTP API, /api/v1: the same queries and actions as the pages, in JSON. Described at /api/v1/openapi.json."""
