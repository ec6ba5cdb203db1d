"""The file of a questionnaire that has just come in: questions in a buyer's own words, some of which nobody has answered yet."""

from __future__ import annotations

import csv
import io
from typing import Final

QUESTIONS: Final = (
    ("Data protection", "Do you encrypt stored client data?"),
    ("Data protection", "Is data encrypted between client and server?"),
    ("Data protection", "In which countries will our data be held?"),
    ("Data protection", "What happens to our data when the contract ends, and how is it destroyed?"),
    ("Data protection", "Does your product tokenise position data before it is stored?"),
    ("Access", "Is a second factor mandatory for your staff?"),
    ("Access", "Can our users log in with our own identity provider (SAML or OIDC)?"),
    ("Access", "Do you support hardware-bound smart cards for our traders?"),
    ("Access", "Is an account locked after failed sign-on attempts?"),
    ("Access", "How often do you review access rights of your personnel?"),
    ("Resilience", "What is your RPO?"),
    ("Resilience", "State your recovery time objective."),
    ("Resilience", "How frequently is the disaster recovery plan exercised?"),
    ("Resilience", "When is scheduled maintenance performed?"),
    ("Resilience", "Are power supplies of the data centres redundant and tested?"),
    ("Resilience", "What uptime is guaranteed in the service level agreement?"),
    ("Testing", "How frequently are penetration tests carried out?"),
    ("Testing", "Are dependencies on open source software inventoried (SBOM)?"),
    ("Testing", "Do you run a public bug bounty programme?"),
    ("Incidents", "Within what time are clients notified of a data breach?"),
    ("Incidents", "Have there been any security breaches within the last three years?"),
    ("Company", "Vendor name"),
    ("Company", "Contact e-mail"),
    ("Company", "How many staff does Northlake employ?"),
    ("Company", "Do you have a sustainability policy?"),
    ("Company", "Which credit rating does your parent company hold?"),
    ("Trading", "Does your OMS perform compliance checks before trades?"),
    ("Trading", "Which FIX versions does the EMS accept from an OMS?"),
    ("Trading", "How many brokers can be reached by FIX from the OMS?"),
    ("Trading", "Does the OMS price exotic options with a local-stochastic volatility model?"),
)


def file() -> bytes:
    """The buyer's file."""
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(["No", "Section", "Question", "Response", "Comments"])
    writer.writerows(
        [number, section, question, "", ""] for number, (section, question) in enumerate(QUESTIONS, 1)
    )
    return made.getvalue().encode()
