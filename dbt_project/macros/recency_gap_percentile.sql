{#-
    The share of reference gaps that were no longer than a silence: of one's own gaps, five of them or more. Fewer say
    little, so the population weighs as much as five; whoever bought once is measured by everybody's first gap.
-#}
{% macro recency_gap_percentile(gaps, gaps_reached, share_of_gaps, share_of_first_gaps) -%}
    cast(
        case
            when {{ gaps }} >= 5 then {{ gaps_reached }} * 1.0 / {{ gaps }}
            when {{ gaps }} > 0 then ({{ gaps_reached }} + 5 * {{ share_of_gaps }}) / ({{ gaps }} + 5)
            else {{ share_of_first_gaps }}
        end as decimal(9, 6)
    )
{%- endmacro %}
