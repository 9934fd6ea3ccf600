{#-
    Unions over models that the core does not know by name. What takes part is read from column and model metadata;
    which models those are stands in the generated registry.sql, because dbt must see every ref() while it parses.
-#}

{#- One row per record and identifier, over every staging column with `meta: {identifier: <type>}`. -#}
{% macro union_identifier_observations() %}
    {%- set sources = adapter.dispatch('registered_identifier_models', 'kindred')() -%}
    {%- do check_registered(sources, 'the identifiers', models_with_column_meta('identifier')) -%}
    {{ union_tagged_columns(sources, 'identifier', 'identifier_type', 'identifier_value') }}
{% endmacro %}


{#- One row per record and golden-record value, over every staging column with `meta: {attribute: <name>}`. -#}
{% macro union_attributes() %}
    {%- set sources = adapter.dispatch('registered_attribute_models', 'kindred')() -%}
    {%- do check_registered(sources, 'the attributes', models_with_column_meta('attribute')) -%}
    {{ union_tagged_columns(sources, 'attribute', 'attribute', 'value') }}
{% endmacro %}


{% macro union_tagged_columns(sources, tag, type_column, value_column) %}
    {%- set selects = [] -%}
    {%- for tagged in sources -%}
        {%- for column, meta in tagged_columns(tagged.model, tag).items() -%}
            {%- set select -%}
    select
        record_id,
        source,
        occurred_at,
        loaded_at,
        '{{ meta }}' as {{ type_column }},
        cast({{ column }} as {{ dbt.type_string() }}) as {{ value_column }}
    from {{ tagged.relation }}
    where {{ column }} is not null
            {%- endset -%}
            {%- do selects.append(select) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if selects -%}
    {{ selects | join('\n    union all\n') }}
    {%- else -%}
    {{ empty_relation({
        'record_id': 'text', 'source': 'text', 'occurred_at': 'timestamp', 'loaded_at': 'timestamp',
        type_column: 'text', value_column: 'text',
    }) }}
    {%- endif -%}
{% endmacro %}


{#- One row per segment and member. -#}
{% macro union_segments() %}
    {%- set segments = adapter.dispatch('registered_segments', 'kindred')() -%}
    {%- do check_registered(segments, 'the segments', models_with_meta('segment')) -%}
    {%- for segment in segments %}
    select
        '{{ segment.model }}' as segment,
        customer_id
    from {{ segment.relation }}
    {{ 'union all' if not loop.last }}
    {%- else %}
    {{ empty_relation({'segment': 'text', 'customer_id': 'text'}) }}
    {%- endfor %}
{% endmacro %}


{#- One row per sync and record that its destination should hold; every column that is not a key becomes payload. -#}
{% macro union_syncs() %}
    {%- set syncs = adapter.dispatch('registered_syncs', 'kindred')() -%}
    {%- do check_registered(syncs, 'the syncs', models_with_meta('sync')) -%}
    {%- for sync in syncs %}
    select
        '{{ sync.model }}' as sync,
        record_key,
        customer_id,
        permission_id,
        {{ is_incomplete(payload_fields(sync.model)) }} as is_incomplete,
        {{ json_payload(payload_fields(sync.model)) }} as payload
    from {{ sync.relation }}
    {{ 'union all' if not loop.last }}
    {%- else %}
    {{ empty_relation({
        'sync': 'text', 'record_key': 'text', 'customer_id': 'text', 'permission_id': 'text', 'is_incomplete': 'boolean',
        'payload': 'text',
    }) }}
    {%- endfor %}
{% endmacro %}


{#- The graph node of a model by name; while dbt parses, and in a unit test, there is no graph. -#}
{% macro model_node(model) %}
    {%- if execute -%}
        {%- for node in graph.get('nodes', {}).values() if node.resource_type == 'model' and node.name == model -%}
            {{ return(node) }}
        {%- endfor -%}
    {%- endif -%}
    {{ return({'columns': {}}) }}
{% endmacro %}


{% macro tagged_columns(model, tag) %}
    {%- set found = {} -%}
    {%- for name, column in model_node(model).columns.items() if tag in column.meta -%}
        {%- do found.update({name: column.meta[tag]}) -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}


{% macro models_with_column_meta(tag) %}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- for node in graph.get('nodes', {}).values() if node.resource_type == 'model' -%}
            {%- if node.columns.values() | selectattr('meta.' ~ tag, 'defined') | first is defined -%}
                {%- do found.append(node.name) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{% endmacro %}


{% macro models_with_meta(key) %}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- for node in graph.get('nodes', {}).values() if node.resource_type == 'model' and key in node.config.meta -%}
            {%- do found.append(node.name) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{% endmacro %}


{% macro models_that_feed(feed) %}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- for node in graph.get('nodes', {}).values()
            if node.resource_type == 'model' and feed in node.config.meta.get('feeds', []) -%}
            {%- do found.append(node.name) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{% endmacro %}


{#- A model that declares itself but is not in the registry would silently be left out: stop instead. -#}
{% macro check_registered(registered, what, declared) %}
    {%- set known = registered | map(attribute='model') | list -%}
    {%- for model in declared if model not in known -%}
        {%- do exceptions.raise_compiler_error(
            "The model '" ~ model ~ "' declares " ~ what ~ " in its YAML but is not in macros/registry.sql: "
            ~ "run `kindred register` and build again."
        ) -%}
    {%- endfor -%}
{% endmacro %}


{#- One row per customer: the columns of every model that says `traits: true`. -#}
{% macro join_traits() %}
    {%- set traits = adapter.dispatch('registered_traits', 'kindred')() -%}
    {%- do check_registered(traits, 'traits', models_with_meta('traits')) -%}
    select *
    from (select * from {{ ref('customer_identity') }} where {{ is_due() }}) as customer_identity
    {%- for trait in traits if trait.model != 'customer_identity' %}
    left join (select * from {{ trait.relation }} where {{ is_due() }}) as {{ trait.model }} using (customer_id)
    {%- endfor %}
{% endmacro %}
