"""Who the people are: names, homes, addresses, accounts, devices, habits and permissions."""
