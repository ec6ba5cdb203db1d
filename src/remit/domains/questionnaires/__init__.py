"""Questionnaires of buyers (RFP, DDQ, security) and the answers that the firm approved for them."""
