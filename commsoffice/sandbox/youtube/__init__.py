"""YouTube's Data API and Google's token endpoint, as far as publishing needs them."""
