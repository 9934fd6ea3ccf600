"""What real systems do to good rows: typos, placeholders, odd formats, breakage, duplicates and delays."""
