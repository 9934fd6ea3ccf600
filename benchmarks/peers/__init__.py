"""What others deliver with, as the delivery benchmark runs it: in an environment of its own, which `make bench` makes.

Both read the same table in DuckDB and post batches of 500 to the same receiver, configured as fast as their
documentation allows. A column says when a record changed, so that they can ask for what is new; neither has one for
those who left.
"""
