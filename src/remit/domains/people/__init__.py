"""People: who works here, in which roles, territories and behind which barriers; sign-in and sessions."""
