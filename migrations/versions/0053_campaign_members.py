"""Who is a member of which campaign, and what a lead became.

A member is a contact or a lead (after a conversion both: then the contact counts). Its place is that of the contact or the lead.
`leads.opted_out` outlives the address: whoever asked not to be written to as a lead is not written to as a contact.

Revision ID: 0053
"""

from __future__ import annotations

from alembic import op

from remit.db.ddl import FOREIGN_ACCOUNT, protect

revision = "0053"
down_revision = "0051"
branch_labels = None
depends_on = None

PRESENT = (
    "(gone_at IS NULL OR current_user = 'remit_owner'"
    " OR (SELECT current_setting('remit.with_gone', true)) IS NOT DISTINCT FROM 'yes')"
)


def upgrade() -> None:
    op.execute(f"""
        CREATE TABLE remit.campaign_members (
            id uuid PRIMARY KEY, campaign_id uuid NOT NULL REFERENCES remit.campaigns (id), account_id uuid,
            access_id int NOT NULL REFERENCES remit.access_groups (id), contact_id uuid REFERENCES remit.contacts (id),
            lead_id uuid REFERENCES remit.leads (id), state text NOT NULL DEFAULT '', responded boolean NOT NULL DEFAULT false,
            first_responded_on date, added_at timestamptz, source text, external_id text, import_id uuid, import_hash bytea,
            extra jsonb NOT NULL DEFAULT '{{}}', created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now(),
            version int NOT NULL DEFAULT 1, gone_at timestamptz, {FOREIGN_ACCOUNT},
            CHECK (contact_id IS NOT NULL OR lead_id IS NOT NULL));
        CREATE INDEX campaign_members_account ON remit.campaign_members (account_id);
        CREATE INDEX campaign_members_contact ON remit.campaign_members (contact_id);
        CREATE INDEX campaign_members_lead ON remit.campaign_members (lead_id);
        CREATE INDEX campaign_members_campaign ON remit.campaign_members (campaign_id);
        CREATE INDEX campaign_members_external ON remit.campaign_members (external_id, source);
        ALTER TABLE remit.leads ADD opted_out boolean NOT NULL DEFAULT false;
        CREATE INDEX leads_contact ON remit.leads (contact_id) WHERE contact_id IS NOT NULL;
        CREATE INDEX leads_opportunity ON remit.leads (opportunity_id) WHERE opportunity_id IS NOT NULL;
        CREATE INDEX facts_attendance ON remit.facts (external_id) WHERE kind = 'attendance';
        CREATE INDEX activities_lead ON remit.activities (lead_id) WHERE lead_id IS NOT NULL;
    """)
    op.execute(protect("campaign_members"))
    # what a lead became was not read before: leads of a connected CRM are read once more
    op.execute("UPDATE remit.crm_streams SET cursor = '{}', whole_at = NULL WHERE stream = 'leads'")
    op.execute(
        f"CREATE POLICY campaign_members_present ON remit.campaign_members AS RESTRICTIVE USING {PRESENT}"
    )


def downgrade() -> None:
    op.execute("""
        DROP INDEX remit.leads_opportunity;
        DROP INDEX remit.facts_attendance;
        DROP INDEX remit.activities_lead;
        DROP INDEX remit.leads_contact;
        ALTER TABLE remit.leads DROP opted_out;
        DROP TABLE remit.campaign_members;
    """)
