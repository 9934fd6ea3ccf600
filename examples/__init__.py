"""Two companies' own projects on public data."""
