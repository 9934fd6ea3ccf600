{#-
    What the history of traits records: every column of `customers` but its key, `as_of`, what says `meta: {history: false}`
    because the calendar alone moves it, and what is sensitive. docs/any_day.md says why.
-#}
{% macro recorded_traits() %}
    {%- set recorded = [] -%}
    {%- for name, column in kindred.model_node('customers').columns.items() -%}
        {%- set meta = column.config.meta if column.config else column.meta -%}
        {%- if name not in ['customer_id', 'as_of'] and meta.get('history', true) and meta.pii != 'sensitive' -%}
            {%- do recorded.append({'name': name, 'pii': meta.pii}) -%}
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


{#- One row per customer and recorded trait that has a value. Of what names a person directly only a short digest is
    kept, which tells that it changed and not what it was. -#}
{% macro trait_values(customers) %}
    {%- set names, texts = [], [] -%}
    {%- for trait in recorded_traits() -%}
        {%- set text = 'cast(' ~ trait.name ~ ' as ' ~ dbt.type_string() ~ ')' -%}
        {%- if trait.pii == 'direct' -%}
            {%- set text = "'#' || substr(md5(customer_id || ':" ~ trait.name ~ ":' || " ~ text ~ "), 1, 8)" -%}
        {%- endif -%}
        {%- do names.append(trait.name) -%}
        {%- do texts.append(text) -%}
    {%- endfor -%}
    {%- if not names -%}
        {{ return(kindred.empty_relation({'customer_id': 'text', 'trait': 'text', 'value': 'text'})) }}
    {%- endif -%}
    {{ return(adapter.dispatch('unpivoted', 'kindred')(customers, names, texts)) }}
{% endmacro %}

{% macro default__unpivoted(relation, names, texts) -%}
    {%- for name in names %}
    select customer_id, '{{ name }}' as trait, {{ texts[loop.index0] }} as value
    from {{ relation }} where {{ name }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{% macro duckdb__unpivoted(relation, names, texts) -%}
    select * from (
        select
            customer_id,
            unnest(['{{ names | join("', '") }}']) as trait,
            unnest([{{ texts | join(', ') }}]) as value
        from {{ relation }}
    ) as unpivoted
    where value is not null
{%- endmacro %}


{#- The rows by which a history of values becomes that of as_of: those that end or go on after all, those that begin, and
    those that an earlier build of the same as_of was wrong to begin, which end where they began.
    `recorded` holds the rows that are open or end at as_of, `current` the values of now. -#}
{% macro span_changes(recorded, current, key) %}
    {%- set earlier = "(select * from " ~ recorded ~ " where valid_from < " ~ kindred.as_of() ~ ")" -%}
    {%- set begun = "(select * from " ~ recorded ~ " where valid_from = " ~ kindred.as_of() ~ ")" -%}
    {%- set keys = key | join(', ') -%}
    select {{ keys }}, earlier.value, earlier.valid_from,
        case when now.value is null or now.value <> earlier.value then {{ kindred.as_of() }} end as valid_to
    from {{ earlier }} as earlier
    left join {{ current }} as now using ({{ keys }})
    where (now.value is not null and now.value = earlier.value) <> (earlier.valid_to is null)
    union all
    select {{ keys }}, now.value, {{ kindred.as_of() }} as valid_from, cast(null as {{ dbt.type_timestamp() }}) as valid_to
    from {{ current }} as now
    left join {{ earlier }} as earlier using ({{ keys }})
    left join {{ begun }} as begun using ({{ keys }})
    where
        now.value is distinct from earlier.value
        and (begun.value is distinct from now.value or begun.valid_to is not null)
    union all
    select {{ keys }}, begun.value, begun.valid_from, {{ kindred.as_of() }} as valid_to
    from {{ begun }} as begun
    left join {{ current }} as now using ({{ keys }})
    left join {{ earlier }} as earlier using ({{ keys }})
    where begun.valid_to is null and (now.value is null or now.value = earlier.value)
{% endmacro %}


{#- What earlier builds wrote into the history of traits. -#}
{% macro trait_history_until_now() %}
    {{- kindred.rows_of_earlier_builds({
        'customer_id': 'text', 'trait': 'text', 'value': 'text', 'valid_from': 'timestamp', 'valid_to': 'timestamp',
    }) -}}
{% endmacro %}
