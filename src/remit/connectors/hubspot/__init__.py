"""HubSpot: its records, read only, by its CRM interface."""
