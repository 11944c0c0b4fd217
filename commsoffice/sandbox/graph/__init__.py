"""Facebook's Graph API, as far as pages need it."""
