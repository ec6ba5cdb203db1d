"""Questionnaires of buyers (RFP, DDQ, security): their questions found in a file, answers put back into its own cells. Reads only."""
