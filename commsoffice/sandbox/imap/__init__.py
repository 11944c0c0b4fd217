"""The office's return mailbox, as RFC 3501 lets a client read it."""
