{#- A moment in UTC as a timestamp without a zone; null if it cannot be read. Read are ISO times with an offset, Z or UTC,
    ISO times and dates without one (the clock of `zone`), DD/MM/YYYY HH:MM with or without seconds (day first, the
    clock of `zone`), and seconds or milliseconds since 1970 (ten or thirteen digits). -#}
{% macro parse_timestamp(column, zone='UTC') -%}
    {{ return(adapter.dispatch('parse_timestamp', 'kindred')(column, zone)) }}
{%- endmacro %}

{% macro duckdb__parse_timestamp(column, zone) -%}
    {%- set text = trimmed(column) -%}
    {%- set date = '[0-9]{4}-[0-9]{2}-[0-9]{2}' -%}
    {%- set time = date ~ '[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?' -%}
    {%- set day_first = '[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}' -%}
    case
        when regexp_full_match({{ text }}, '{{ time }}(Z| ?UTC)')
            then try_cast(rtrim({{ text }}, ' UTCZ') as timestamp)
        when regexp_full_match({{ text }}, '{{ time }} ?[+-][0-9]{2}(:?[0-9]{2})?')
            then make_timestamp(epoch_us(try_cast(
                regexp_replace(regexp_replace({{ text }}, ' ([+-])', '\1'), '^(.{16})([+-])', '\1:00\2') as timestamptz
            )))
        when regexp_full_match({{ text }}, '{{ time }}|{{ date }}')
            then {{ from_zone("try_cast(" ~ text ~ " as timestamp)", zone) }}
        when regexp_full_match({{ text }}, '{{ day_first }}( [0-9]{1,2}:[0-9]{2}(:[0-9]{2})?)?')
            then {{ from_zone(
                "try_strptime(" ~ text ~ ", ['%d/%m/%Y %H:%M', '%d/%m/%Y %H:%M:%S', '%d/%m/%Y'])", zone
            ) }}
        when regexp_full_match({{ text }}, '[0-9]{13}')
            then make_timestamp(cast({{ text }} as bigint) * 1000)
        when regexp_full_match({{ text }}, '[0-9]{10}')
            then make_timestamp(cast({{ text }} as bigint) * 1000000)
    end
{%- endmacro %}


{#- The UTC moment at which clocks in `zone` showed this. Of the hour that autumn repeats it takes one, always the same. -#}
{% macro from_zone(moment, zone) -%}
    {{ return(adapter.dispatch('from_zone', 'kindred')(moment, zone)) }}
{%- endmacro %}

{% macro duckdb__from_zone(moment, zone) -%}
    {%- if zone == 'UTC' -%}
    {{ moment }}
    {%- else -%}
    {{ moment }} at time zone '{{ zone }}' at time zone 'UTC'
    {%- endif -%}
{%- endmacro %}


{#- A date from YYYY-MM-DD (a time behind it is cut off), DD/MM/YYYY, DD.MM.YYYY or YYYYMMDD; null if unreadable. -#}
{% macro parse_date(column) -%}{{ return(adapter.dispatch('parse_date', 'kindred')(column)) }}{%- endmacro %}

{% macro duckdb__parse_date(column) -%}
    {%- set text = trimmed(column) -%}
    case
        when regexp_full_match({{ text }}, '[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].*)?')
            then try_cast(substr({{ text }}, 1, 10) as date)
        when regexp_full_match({{ text }}, '[0-9]{1,2}[/.][0-9]{1,2}[/.][0-9]{4}|[0-9]{8}')
            then cast(try_strptime({{ text }}, ['%d/%m/%Y', '%d.%m.%Y', '%Y%m%d']) as date)
    end
{%- endmacro %}


{#- A birthday that somebody alive can have; null for the placeholders of forms (1900-01-01, 0001-01-01, tomorrow). -#}
{% macro parse_birth_date(column) -%}
    case
        when {{ parse_date(column) }} between date '1901-01-01' and cast({{ as_of() }} as date)
            then {{ parse_date(column) }}
    end
{%- endmacro %}
