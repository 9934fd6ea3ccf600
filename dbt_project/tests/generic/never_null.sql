{#- Fails with a row for each of these columns that is null somewhere. One query a model: a test for each column costs ten. -#}
{% test never_null(model, columns) %}
    with

    counted as (
        select
            {%- for column in columns %}
            count(*) - count({{ column }}) as {{ column }}{{ ',' if not loop.last }}
            {%- endfor %}
        from {{ model }}
    )

    {% for column in columns %}
    select
        '{{ column }}' as column_name,
        {{ column }} as nulls
    from counted
    where {{ column }} > 0
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{% endtest %}
