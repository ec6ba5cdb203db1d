"""The library: templates that enablement owns and compliance approves, rendered from facts and never past their date."""
