{#-
    What an incremental model already holds; nothing of that shape when it is built for the first time. For a model that
    must see its own past, such as a history.
-#}
{% macro rows_of_earlier_builds(columns) -%}
    {%- if is_incremental() %}
    select {{ columns.keys() | join(', ') }} from {{ this }}
    {%- else %}
    {{ kindred.empty_relation(columns) | trim }}
    {%- endif %}
{% endmacro %}
