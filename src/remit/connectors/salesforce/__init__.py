"""Salesforce: its records, read only, by SOQL over REST."""
