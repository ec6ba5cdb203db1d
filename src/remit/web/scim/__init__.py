"""SCIM 2.0 (RFC 7643, 7644): the firm's directory adds people here and switches them off. Users and groups."""
