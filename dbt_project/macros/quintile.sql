{#- A score from 1 to 5 over the rows, equal values always in the same one; the highest in this order get 5. -#}
{% macro quintile(ordering) -%}
    cast(1 + floor(4.999999 * percent_rank() over (order by {{ ordering }})) as {{ dbt.type_int() }})
{%- endmacro %}
