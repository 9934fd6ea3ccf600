{#- Entries for first_problem: something stands in the column, but it cannot be read. What is optional may be blank; it
    may not be lost. Needs source_row, the row as the source wrote it. -#}
{% macro unreadable_if_written(columns) -%}
    {%- set problems = [] -%}
    {%- for column in columns -%}
        {%- do problems.append((
            column ~ ' is null and ' ~ kindred.blank_to_null('source_row.' ~ column) ~ ' is not null',
            'unreadable ' ~ column,
        )) -%}
    {%- endfor -%}
    {{ return(problems) }}
{%- endmacro %}


{#- The source's key of the row or, where it wrote none, one made of the row's content: a withdrawal without a number is
    still a withdrawal. -#}
{% macro key_or_content(key, row='source') -%}
    coalesce({{ kindred.blank_to_null(key) }}, 'unnumbered-' || md5({{ kindred.raw_row_json(kindred.whole_row(row)) }}))
{%- endmacro %}


{#- The moment of something that must never be lost: its own time if that can be true, else the time at which we were
    first told. Nobody speaks after we heard it; and a moment before there were such tools is a clock that stood still. -#}
{% macro moment_of_stop(occurred_at, told_at, first_told_at) -%}
    case
        when {{ occurred_at }} > {{ told_at }} or {{ kindred.before_the_tools(occurred_at) }} or {{ occurred_at }} is null
            then {{ first_told_at }}
        else {{ occurred_at }}
    end
{%- endmacro %}


{% macro before_the_tools(moment) -%}
    {{ moment }} < cast('1995-01-01 00:00:00' as timestamp)
{%- endmacro %}


{#- time_problems, and the moment that a clock shows before anybody has set it. -#}
{% macro stop_time_problems(column) -%}
    {{ return(kindred.time_problems(column) + [(kindred.before_the_tools(column), column ~ ' lies before 1995')]) }}
{%- endmacro %}


{#- A code that the source is known to write, in any case; null for any other. -#}
{% macro known_code(column, known) -%}
    case
        when {{ kindred.normalise_code(column) }} in ('{{ known | join("', '") }}')
            then {{ kindred.normalise_code(column) }}
    end
{%- endmacro %}
