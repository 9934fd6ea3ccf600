"""The assets of the graph, in the order of the flow: raw tables, models, checks, the gate, the syncs, the receipts."""
