"""What the people do: visit, fill baskets, buy, and answer campaigns. No source is written here."""
