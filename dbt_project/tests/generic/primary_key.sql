{#- Fails for each value that more than one row has, and for null. One query: dbt's `unique` and `not_null` cost two. -#}
{% test primary_key(model, column_name) %}
    select
        {{ column_name }},
        count(*) as copies
    from {{ model }}
    group by {{ column_name }}
    having count(*) > 1 or {{ column_name }} is null
{% endtest %}
