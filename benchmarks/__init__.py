"""What Kindred costs, measured beside other ways to the same answer."""
