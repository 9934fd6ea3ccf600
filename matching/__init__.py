"""Find customers who are one person although they share no identifier: by likeness.

Compared are names, birthdays, addresses, id numbers and emails. The optional extra: `pip install 'kindred[fuzzy]'`.
Reads `identity.matching_records`, writes `identity.matching_scores`; which scores link is for the models to say.
"""

from matching._match import Matched, match, match_in, require_splink

__all__ = ["Matched", "match", "match_in", "require_splink"]
