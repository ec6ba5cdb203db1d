"""Campaigns and events of a connected CRM, who is a member of which, and the leads that contacts and deals came from."""
