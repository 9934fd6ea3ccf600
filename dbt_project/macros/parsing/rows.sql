{#-
    How a base model reads a raw table, step by step (models/staging/web/base_web__events.sql shows it whole):

        source     the import CTE
        parsed     each column once, through parse_… and normalise_…; {{ whole_row('source') }} as source_row; loaded_at
        checked    first_problem([...]) as problem: why the row cannot be read, null if it can
        numbered   {{ number_copies('checked', '<key>') }}: adds copy, 1 for the row that counts among those with the
                   same key, and turns source_row into raw_row, JSON text where there is a problem

    The stg_ view keeps `problem is null and copy = 1`; the quarantine_ view shows `problem is not null`.
    So every raw row is in staging, a further copy of a row that is, or in quarantine.
-#}

{#- The reason of the first condition that holds; null if none does. A condition that is null does not hold. -#}
{% macro first_problem(problems) -%}
    case
        {%- for condition, reason in problems %}
        when {{ condition }} then '{{ reason }}'
        {%- endfor %}
    end
{%- endmacro %}


{#- What is wrong with a required moment, as entries for first_problem: nothing can have happened after it was loaded,
    give or take a day for clocks that are wrong. -#}
{% macro time_problems(column) -%}
    {{ return([
        (column ~ ' is null', 'missing or unreadable ' ~ column),
        (column ~ ' > loaded_at + interval 1 day', column ~ ' lies in the future'),
    ]) }}
{%- endmacro %}


{#- The checked rows with their copy number: counted among the readable rows (or among the unreadable ones) with the
    same key from the last one loaded; `then_by` breaks ties before the content does. -#}
{% macro number_copies(checked, key, then_by=[]) -%}
    select
        {{ all_but('source_row') }},
        row_number() over (
            partition by {{ key }}, problem is null
            order by
                loaded_at desc nulls last,
                {%- for column in then_by %}
                {{ column }} desc nulls last,
                {%- endfor %}
                {{ row_hash('source_row') }}
        ) as copy,
        case when problem is not null then {{ raw_row_json('source_row') }} end as raw_row
    from {{ checked }}
{%- endmacro %}


{#- Every column but one; all of them on engines that cannot say it, where the one costs room and does no harm. -#}
{% macro all_but(column) -%}{{ return(adapter.dispatch('all_but', 'kindred')(column)) }}{%- endmacro %}

{% macro default__all_but(column) -%}*{%- endmacro %}

{% macro duckdb__all_but(column) -%}* exclude ({{ column }}){%- endmacro %}


{#- The row of a relation or CTE as one value, which costs nothing until it is printed. -#}
{% macro whole_row(relation) -%}{{ return(adapter.dispatch('whole_row', 'kindred')(relation)) }}{%- endmacro %}

{% macro default__whole_row(relation) -%}struct({{ relation }}.*){%- endmacro %}

{% macro duckdb__whole_row(relation) -%}{{ relation }}{%- endmacro %}


{#- A row as JSON text, from what whole_row gave. -#}
{% macro raw_row_json(row) -%}{{ return(adapter.dispatch('raw_row_json', 'kindred')(row)) }}{%- endmacro %}

{% macro default__raw_row_json(row) -%}to_json({{ row }}){%- endmacro %}

{% macro duckdb__raw_row_json(row) -%}cast(to_json({{ row }}) as varchar){%- endmacro %}


{#- A number that depends on the row's content only, to break ties between rows that differ nowhere else. -#}
{% macro row_hash(row) -%}{{ return(adapter.dispatch('row_hash', 'kindred')(row)) }}{%- endmacro %}

{% macro default__row_hash(row) -%}md5(to_json({{ row }})){%- endmacro %}

{% macro duckdb__row_hash(row) -%}hash({{ row }}){%- endmacro %}


{#- The unreadable rows of a base model in the shape of a quarantine view. `key` is the raw table's primary key. -#}
{% macro unreadable_rows(base, source_name, source_table, key) -%}
    select
        '{{ source_name }}' as source,
        '{{ source_table }}' as source_table,
        '{{ source_table }}:' || coalesce({{ key }}, '') as record_id,
        problem as reason,
        raw_row,
        loaded_at
    from {{ base }}
    where problem is not null
{%- endmacro %}


{#- An entry for first_problem: the code is none of those that the source is known to write. -#}
{% macro unknown_code(column, known) -%}
    {{ return(("coalesce(" ~ column ~ ", '') not in ('" ~ known | join("', '") ~ "')", 'unknown ' ~ column)) }}
{%- endmacro %}


{#- Entries for first_problem: each of these columns must have been readable. -#}
{% macro required_columns(columns) -%}
    {%- set problems = [] -%}
    {%- for column in columns -%}
        {%- do problems.append((column ~ ' is null', 'missing or unreadable ' ~ column)) -%}
    {%- endfor -%}
    {{ return(problems) }}
{%- endmacro %}
