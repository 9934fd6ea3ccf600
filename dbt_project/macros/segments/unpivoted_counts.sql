{#- One row per segment, trait and its value, `unknown` where there is none, with the customers of each combination. -#}
{% macro unpivoted_counts(combinations, traits) %}
    {%- for trait in traits %}
    select
        segment,
        '{{ trait }}' as trait,
        coalesce(cast({{ trait }} as {{ dbt.type_string() }}), 'unknown') as value,
        customers
    from {{ combinations }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{% endmacro %}
