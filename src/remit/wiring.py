"""Registers handlers, measures and connectors. Only entry points import this; a new slice adds its line."""

from __future__ import annotations

import remit.domains.accounts.actions
import remit.domains.accounts.barriers
import remit.domains.activities.actions
import remit.domains.adoption.attesting
import remit.domains.adoption.primary
import remit.domains.auditing.actions
import remit.domains.auditing.records
import remit.domains.briefs.actions
import remit.domains.briefs.artefacts
import remit.domains.competition.actions
import remit.domains.consent.actions
import remit.domains.contacts.actions
import remit.domains.crm.actions
import remit.domains.crm.taking
import remit.domains.documents.actions
import remit.domains.documents.artefacts
import remit.domains.documents.sources
import remit.domains.documents.summaries
import remit.domains.facts.actions
import remit.domains.governance.actions
import remit.domains.governance.halts
import remit.domains.handling.actions
import remit.domains.handling.leaving
import remit.domains.handling.measure
import remit.domains.imports.actions
import remit.domains.leads.actions
import remit.domains.library.actions
import remit.domains.library.coverage
import remit.domains.library.keeping
import remit.domains.library.writing
import remit.domains.messages.actions
import remit.domains.messages.uncertain
import remit.domains.opportunities.actions
import remit.domains.outreach.actions
import remit.domains.outreach.artefacts
import remit.domains.outreach.resend
import remit.domains.outreach.send
import remit.domains.people.actions
import remit.domains.people.groups
import remit.domains.people.overseers
import remit.domains.people.provisioning
import remit.domains.people.sessions
import remit.domains.people.set_up
import remit.domains.people.sign_in
import remit.domains.people.sign_on
import remit.domains.people.tokens
import remit.domains.productivity.actions
import remit.domains.productivity.measure
import remit.domains.quality.actions
import remit.ladder.actions
import remit.ladder.adoption
import remit.llm.gateway.records  # noqa: F401
