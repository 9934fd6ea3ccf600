{#-
    What the history of traits records: every column of `customers` but its key, `as_of`, what says `meta: {history: false}`
    because the calendar alone moves it, and what is sensitive. docs/any_day.md says why.
-#}
{% macro recorded_traits() %}
    {%- set recorded = [] -%}
    {%- for name, column in kindred.model_node('customers').columns.items() -%}
        {%- set meta = column.config.meta if column.config else column.meta -%}
        {%- if name not in ['customer_id', 'as_of'] and meta.get('history', true) and meta.pii != 'sensitive' -%}
            {%- do recorded.append({
                'name': name,
                'pii': meta.pii,
                'data_type': dbt.type_string() if meta.pii == 'direct' else column.data_type,
            }) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(recorded) }}
{% endmacro %}


{#- One number for all recorded traits of a row: where it is what it was, nothing has to be compared. -#}
{% macro traits_hash() %}
    {%- set columns = [] -%}
    {%- for trait in recorded_traits() | sort(attribute='name') -%}
        {%- do columns.append(trait.name) -%}
    {%- endfor -%}
    {{ return(adapter.dispatch('columns_hash', 'kindred')(columns or ['customer_id'])) }}
{% endmacro %}

{% macro default__columns_hash(columns) -%}
    {%- set texts = [] -%}
    {%- for column in columns -%}
        {%- do texts.append("coalesce(cast(" ~ column ~ " as " ~ dbt.type_string() ~ "), '')") -%}
    {%- endfor -%}
    md5({{ texts | join(" || '|' || ") }})
{%- endmacro %}

{% macro duckdb__columns_hash(columns) -%}
    cast(hash({{ columns | join(', ') }}) as varchar)
{%- endmacro %}


{#- The rows by which the snapshots become those of as_of: what held before goes on or ends, what is new begins, and what an
    earlier build of the same as_of was wrong to begin ends where it began. `standing` are those that are open or end at as_of,
    `present` the hashes of now. -#}
{% macro snapshot_changes(standing, present) %}
    {%- set earlier = "(select * from " ~ standing ~ " where valid_from < " ~ kindred.as_of() ~ ")" -%}
    {%- set begun = "(select * from " ~ standing ~ " where valid_from = " ~ kindred.as_of() ~ ")" -%}
    select wanted.*
    from (
        select earlier.customer_id, earlier.traits_hash, earlier.valid_from,
            case when now.traits_hash is null or now.traits_hash <> earlier.traits_hash then {{ kindred.as_of() }} end as valid_to
        from {{ earlier }} as earlier
        left join {{ present }} as now on earlier.customer_id = now.customer_id
        union all
        select now.customer_id, now.traits_hash, {{ kindred.as_of() }}, cast(null as {{ dbt.type_timestamp() }})
        from {{ present }} as now
        left join {{ earlier }} as earlier on now.customer_id = earlier.customer_id
        where now.traits_hash is distinct from earlier.traits_hash
        union all
        select begun.customer_id, begun.traits_hash, begun.valid_from, {{ kindred.as_of() }}
        from {{ begun }} as begun
        left join {{ present }} as now on begun.customer_id = now.customer_id
        where now.traits_hash is distinct from begun.traits_hash
    ) as wanted
    left join {{ standing }} as standing
        on wanted.customer_id = standing.customer_id
        and wanted.traits_hash = standing.traits_hash
        and wanted.valid_from = standing.valid_from
    where standing.customer_id is null or wanted.valid_to is distinct from standing.valid_to
{% endmacro %}


{#- What is kept of each recorded trait. Of what names a person directly only a short digest, which tells that it changed and
    not what it was. -#}
{% macro traits_to_record(customers) %}
    {%- set columns = [] -%}
    {%- for trait in recorded_traits() -%}
        {%- set column = customers ~ '.' ~ trait.name -%}
        {%- if trait.pii == 'direct' -%}
            {%- set text = 'cast(' ~ column ~ ' as ' ~ dbt.type_string() ~ ')' -%}
            {%- set salt = customers ~ ".customer_id || ':" ~ trait.name ~ ":'" -%}
            {%- set column = "'#' || substr(md5(" ~ salt ~ ' || ' ~ text ~ '), 1, 8)' -%}
        {%- endif -%}
        {%- do columns.append(column ~ ' as ' ~ trait.name) -%}
    {%- endfor -%}
    {{ return(columns) }}
{% endmacro %}


{#- The columns of the same traits without values. -#}
{% macro no_traits() %}
    {%- set columns = [] -%}
    {%- for trait in recorded_traits() -%}
        {%- do columns.append('cast(null as ' ~ trait.data_type ~ ') as ' ~ trait.name) -%}
    {%- endfor -%}
    {{ return(columns) }}
{% endmacro %}


{#- Statements that give a trait whose type changed the new one in the past too: what is recorded from now on would be cast to
    the old. -#}
{% macro give_past_the_types_of(relation) %}
    {%- set types, statements = {}, [] -%}
    {%- if execute and is_incremental() -%}
        {%- for column in adapter.get_columns_in_relation(relation) -%}
            {%- do types.update({column.name: column.data_type}) -%}
        {%- endfor -%}
        {%- for trait in kindred.recorded_traits() if trait.pii == 'direct' -%}
            {%- do types.update({trait.name: types['customer_id']}) -%}
        {%- endfor -%}
        {%- for column in adapter.get_columns_in_relation(this) if types.get(column.name, column.data_type) != column.data_type -%}
            {%- do statements.append(kindred.change_type(this, column.name, types[column.name])) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(statements | join(';\n')) }}
{% endmacro %}


{% macro change_type(relation, column, type) %}{{ return(adapter.dispatch('change_type', 'kindred')(relation, column, type)) }}{% endmacro %}

{% macro default__change_type(relation, column, type) -%}
    alter table {{ relation }} alter column {{ column }} type {{ type }} using cast({{ column }} as {{ type }})
{%- endmacro %}


{#- One row per trait and time in which it had one value: a row for each trait of each snapshot, and those between which it stayed
    the same as one. `owners` are the columns that say whose they are. -#}
{% macro trait_spans(snapshots, owners) %}
    {%- set keys = owners | join(', ') ~ ', trait, value' -%}
    select {{ keys }}, min(valid_from) as valid_from, case when count(*) = count(valid_to) then max(valid_to) end as valid_to
    from (
        select *, sum(is_begun) over (partition by {{ keys }} order by valid_from rows unbounded preceding) as span
        from (
            select
                *,
                case
                    when lag(valid_to) over (partition by {{ keys }} order by valid_from) = valid_from then 0
                    else 1
                end as is_begun
            from (
                {{ trait_values(snapshots, owners | join(', ')) }}
            ) as single_values
        ) as compared
    ) as numbered
    group by {{ keys }}, span
{% endmacro %}


{#- One row per snapshot and recorded trait that has a value. -#}
{% macro trait_values(snapshots, owners) %}
    {%- set names = recorded_traits() | map(attribute='name') | list -%}
    {{ return(adapter.dispatch('trait_values', 'kindred')(snapshots, owners, names)) }}
{% endmacro %}

{% macro default__trait_values(snapshots, owners, names) -%}
    {%- for name in names %}
    select {{ owners }}, '{{ name }}' as trait, cast({{ name }} as {{ dbt.type_string() }}) as value, valid_from, valid_to
    from {{ snapshots }} where {{ name }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{% macro duckdb__trait_values(snapshots, owners, names) -%}
    select * from (
        select
            {{ owners }},
            unnest(['{{ names | join("', '") }}']) as trait,
            unnest([{% for name in names %}cast({{ name }} as varchar){{ ', ' if not loop.last }}{% endfor %}]) as value,
            valid_from,
            valid_to
        from {{ snapshots }}
    ) as unpivoted
    where value is not null
{%- endmacro %}
