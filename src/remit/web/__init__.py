"""The pages and the typed HTTP API: another face of the same queries and actions. Server-rendered, no front-end build."""
