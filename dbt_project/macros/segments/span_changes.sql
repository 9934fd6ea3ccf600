{#- The rows by which a history of values becomes that of as_of: those that end or go on after all, those that begin, and
    those that an earlier build of the same as_of was wrong to begin, which end where they began.
    `recorded` holds the rows that are open or end at as_of, `current` the values of now. -#}
{% macro span_changes(recorded, current, key) %}
    {%- set earlier = "(select * from " ~ recorded ~ " where valid_from < " ~ kindred.as_of() ~ ")" -%}
    {%- set begun = "(select * from " ~ recorded ~ " where valid_from = " ~ kindred.as_of() ~ ")" -%}
    {%- set keys = key | join(', ') -%}
    select {{ keys }}, earlier.value, earlier.valid_from,
        case when now.value is null or now.value <> earlier.value then {{ kindred.as_of() }} end as valid_to
    from {{ earlier }} as earlier
    left join {{ current }} as now using ({{ keys }})
    where (now.value is not null and now.value = earlier.value) <> (earlier.valid_to is null)
    union all
    select {{ keys }}, now.value, {{ kindred.as_of() }} as valid_from, cast(null as {{ dbt.type_timestamp() }}) as valid_to
    from {{ current }} as now
    left join {{ earlier }} as earlier using ({{ keys }})
    left join {{ begun }} as begun using ({{ keys }})
    where
        now.value is distinct from earlier.value
        and (begun.value is distinct from now.value or begun.valid_to is not null)
    union all
    select {{ keys }}, begun.value, begun.valid_from, {{ kindred.as_of() }} as valid_to
    from {{ begun }} as begun
    left join {{ current }} as now using ({{ keys }})
    left join {{ earlier }} as earlier using ({{ keys }})
    where begun.valid_to is null and (now.value is null or now.value = earlier.value)
{% endmacro %}
