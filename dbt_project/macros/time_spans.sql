{#- The moment that many days before as_of. -#}
{% macro days_before_as_of(days) -%}
    {{ dbt.dateadd('day', -days, kindred.as_of()) }}
{%- endmacro %}


{#- The moment that many days after as_of. -#}
{% macro days_after_as_of(days) -%}
    {{ dbt.dateadd('day', days, kindred.as_of()) }}
{%- endmacro %}


{#- Elapsed days, whole ones only: 23 hours and 59 minutes are none, whatever midnight they cross. -#}
{% macro whole_days_between(earlier, later) -%}
    cast(floor({{ dbt.datediff(earlier, later, 'second') }} / 86400.0) as {{ dbt.type_bigint() }})
{%- endmacro %}


{% macro seconds_between(earlier, later) -%}
    {{ return(adapter.dispatch('seconds_between', 'kindred')(earlier, later)) }}
{%- endmacro %}

{% macro default__seconds_between(earlier, later) -%}
    {{ dbt.datediff(earlier, later, 'second') }}
{%- endmacro %}

{% macro duckdb__seconds_between(earlier, later) -%}
    date_diff('second', {{ earlier }}, {{ later }})
{%- endmacro %}


{#- What has no end yet ends here: later than any as_of. -#}
{% macro end_of_time() -%}
    cast('9999-12-31 00:00:00' as timestamp)
{%- endmacro %}
