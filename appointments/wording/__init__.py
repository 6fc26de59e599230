"""Words for people: one wording for pages, mails, the admin and certificates."""
