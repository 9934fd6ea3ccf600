{#- A moment in UTC as the clocks of a time zone show it. -#}
{% macro local_time(moment, time_zone) -%}
    {{ return(adapter.dispatch('local_time', 'kindred')(moment, time_zone)) }}
{%- endmacro %}

{% macro default__local_time(moment, time_zone) -%}
    cast((cast({{ moment }} as timestamp) at time zone 'UTC') at time zone {{ time_zone }} as timestamp)
{%- endmacro %}

{% macro spark__local_time(moment, time_zone) -%}
    from_utc_timestamp({{ moment }}, {{ time_zone }})
{%- endmacro %}

{% macro snowflake__local_time(moment, time_zone) -%}
    convert_timezone('UTC', {{ time_zone }}, {{ moment }})
{%- endmacro %}

{% macro redshift__local_time(moment, time_zone) -%}
    convert_timezone('UTC', {{ time_zone }}, {{ moment }})
{%- endmacro %}

{% macro bigquery__local_time(moment, time_zone) -%}
    timestamp(datetime({{ moment }}, {{ time_zone }}))
{%- endmacro %}

{% macro trino__local_time(moment, time_zone) -%}
    cast(at_timezone(with_timezone({{ moment }}, 'UTC'), {{ time_zone }}) as timestamp)
{%- endmacro %}


{#- 1 for Monday to 7 for Sunday: counted from a Monday, because engines begin their weeks on different days. -#}
{% macro weekday(moment) -%}
    (mod({{ dbt.datediff("cast('1900-01-01' as date)", 'cast(' ~ moment ~ ' as date)', 'day') }}, 7) + 1)
{%- endmacro %}
