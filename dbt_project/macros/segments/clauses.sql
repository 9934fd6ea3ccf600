{#-
    The clauses of the segments, as `kindred register` reads them from the segments' own files. What a customer fulfils is
    one short text, `<layout>:<number>,<number>,…`: a number a segment in the order of their names, in which clause n counts
    2^(n-1). The layout is a digest of all clauses, so that a text of last year is read by the clauses of last year.
-#}

{#- The segments with their clauses, ordered by name; one whose file was edited since does not compile. -#}
{% macro segment_clauses() %}
    {%- set known = dict(kindred.default__registered_clauses(), **adapter.dispatch('registered_clauses', 'kindred')()) -%}
    {%- set segments = adapter.dispatch('registered_segments', 'kindred')() | map(attribute='model') | sort -%}
    {%- do kindred.check_clauses(segments, known) -%}
    {%- set found = [] -%}
    {%- for segment in segments -%}
        {%- set one = known.get(segment, {'clauses': []}) -%}
        {%- if one.clauses -%}
            {%- do found.append({'segment': segment, 'clauses': one.clauses, 'place': found | length + 1}) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}


{% macro check_clauses(segments, known) %}
    {%- for node in graph.get('nodes', {}).values()
        if execute and node.name in segments and node.resource_type == 'model'
        and known.get(node.name, {}).get('code') != local_md5(node.raw_code) -%}
        {%- do exceptions.raise_compiler_error(
            "The segment '" ~ node.name ~ "' was edited: run `kindred register` and build again, so that the history of its"
            ~ " members knows its clauses."
        ) -%}
    {%- endfor -%}
{% endmacro %}


{% macro clause_layout(segments) %}
    {%- set parts = [] -%}
    {%- for one in segments -%}
        {%- do parts.append(one.segment ~ '=' ~ one.clauses | map(attribute='text') | join(' and ')) -%}
    {%- endfor -%}
    {{ return(local_md5(parts | join('; '))[:8]) }}
{% endmacro %}


{#- What a row of `customers` fulfils. -#}
{% macro clause_truths() %}
    {%- set segments, numbers = kindred.segment_clauses(), [] -%}
    {%- for one in segments -%}
        {%- set bits = [] -%}
        {%- for clause in one.clauses -%}
            {%- do bits.append('case when ' ~ clause.sql ~ ' then ' ~ 2 ** loop.index0 ~ ' else 0 end') -%}
        {%- endfor -%}
        {%- do numbers.append('cast(' ~ bits | join(' + ') ~ ' as ' ~ dbt.type_string() ~ ')') -%}
    {%- endfor -%}
    '{{ kindred.clause_layout(segments) }}:' || {{ numbers | join(" || ',' || ") or "''" }}
{% endmacro %}


{#- Whether a text of `clause_truths` says that a clause holds. -#}
{% macro clause_holds(truths, place, clause_number) -%}
    mod(cast(floor(
        cast(split_part(split_part({{ truths }}, ':', 2), ',', cast({{ place }} as integer)) as double)
        / power(2, {{ clause_number }} - 1)
    ) as {{ dbt.type_bigint() }}), 2) = 1
{%- endmacro %}


{#- One row per clause of today. -#}
{% macro clause_rows() %}
    {%- set segments, rows = kindred.segment_clauses(), [] -%}
    {%- set layout = kindred.clause_layout(segments) -%}
    {%- for one in segments -%}
        {%- set definition = local_md5(one.clauses | map(attribute='text') | join(' and ')) -%}
        {%- for clause in one.clauses -%}
            {%- do rows.append({
                'layout': layout, 'segment': one.segment, 'place': one.place, 'definition': definition,
                'clause_number': loop.index, 'clause': clause.text,
            }) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ literal_rows({
        'layout': 'text', 'segment': 'text', 'place': 'integer', 'definition': 'text', 'clause_number': 'integer',
        'clause': 'text',
    }, rows) }}
{% endmacro %}


{#- One row per segment and customer who fulfils all of its clauses: what the segment itself must say too. -#}
{% macro union_fulfilled() %}
    {%- set selects = [] -%}
    {%- for one in kindred.segment_clauses() -%}
        {%- do selects.append(
            "select '" ~ one.segment ~ "' as segment, customer_id from " ~ ref('customers') ~ " where ("
            ~ one.clauses | map(attribute='sql') | join(') and (') ~ ")"
        ) -%}
    {%- endfor -%}
    {{ selects | join('\n    union all\n    ') or kindred.empty_relation({'segment': 'text', 'customer_id': 'text'}) }}
{% endmacro %}


{#- The names of the segments whose clauses are known, as literals. -#}
{% macro explained_segments() -%}
    '{{ kindred.segment_clauses() | map(attribute='segment') | join("', '") }}'
{%- endmacro %}
