"""Predict what customers will buy and who will not come back; say how well that worked on what is known by now.

Fits BG/NBD, Gamma-Gamma and a logistic regression on the views of `dbt_project/models/customer_360/predictions/`, and
appends parameters and quality to its ledgers. Everybody is scored in SQL, by the models there.
"""

from predictions._refresh import Refreshed, refresh
from predictions._report import render, report

__all__ = ["Refreshed", "refresh", "render", "report"]
