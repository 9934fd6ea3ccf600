{#-
    The syncs as tables, read from `config: {meta: {sync: …}}` of the models' YAML. They are read through the graph, not
    through ref(): the sync models themselves read the audiences, which read these tables.
-#}

{#- One row per sync. -#}
{% macro sync_settings() %}
    {%- set columns = {
        'sync': 'text', 'destination': 'text', 'segment': 'text', 'mode': 'text', 'key_type': 'text', 'channel': 'text',
        'recipient': 'text', 'holdout_share': 'share', 'max_removal_share': 'share', 'max_removals': 'integer',
        'max_size_change': 'share', 'max_age_hours': 'share', 'matching': 'text', 'is_promotional': 'boolean',
        'priority': 'integer', 'competes': 'text', 'conversion_days': 'integer', 'holdout_until': 'timestamp',
        'payload_fields': 'text',
    } -%}
    {%- set rows = [] -%}
    {%- for model in checked_syncs() -%}
        {%- set sync = model.config.meta.sync -%}
        {%- do rows.append({
            'sync': model.name, 'destination': sync.destination, 'segment': sync.segment, 'mode': sync.mode,
            'key_type': sync.key, 'channel': sync.channel, 'recipient': sync.recipient, 'holdout_share': sync.holdout,
            'max_removal_share': sync.guards.max_removal_share, 'max_removals': sync.guards.max_removals,
            'max_size_change': sync.guards.max_size_change, 'max_age_hours': sync.guards.max_age_hours,
            'matching': sync.get('matching', matching_level()), 'is_promotional': sync.get('promotional', true) | lower,
            'priority': sync.get('priority', 100), 'competes': sync.competes,
            'conversion_days': sync.get('conversion_days', var('conversion_days')),
            'holdout_until': "'" ~ sync.holdout_until ~ "'" if 'holdout_until' in sync else 'null',
            'payload_fields': payload_fields(model.name) | join(','),
        }) -%}
    {%- endfor -%}
    {{ literal_rows(columns, rows) }}
{% endmacro %}


{#- One row per sync and purpose. -#}
{% macro sync_purposes() %}
    {%- set rows = [] -%}
    {%- for model in checked_syncs() -%}
        {%- for purpose in model.config.meta.sync.purposes | unique -%}
            {%- do rows.append({'sync': model.name, 'purpose': purpose}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ literal_rows({'sync': 'text', 'purpose': 'text'}, rows) }}
{% endmacro %}


{#- A relation of values that are known while compiling. -#}
{% macro literal_rows(columns, rows) %}
    {%- for row in rows %}
    select
        {%- for column, type in columns.items() %}
        {%- set value = row[column] if row[column] is defined and row[column] is not none else 'null' %}
        {%- set value = "'" ~ dbt.escape_single_quotes(value) ~ "'" if type == 'text' and value != 'null' else value %}
        cast({{ value }} as {{ setting_type(type) }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    {{ 'union all' if not loop.last }}
    {%- else %}
    select
        {%- for column, type in columns.items() %}
        cast(null as {{ setting_type(type) }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    where 1 = 0
    {%- endfor %}
{% endmacro %}


{% macro setting_type(type) %}
    {{ return({
        'text': dbt.type_string(), 'share': 'double', 'integer': dbt.type_bigint(), 'boolean': dbt.type_boolean(),
        'timestamp': dbt.type_timestamp(),
    }[type]) }}
{% endmacro %}


{#- The sync models, ordered by name; compilation stops at the first setting that is wrong. -#}
{% macro checked_syncs() %}
    {%- set found = [] -%}
    {%- for name in models_with_meta('sync') | sort -%}
        {%- set model = model_node(name) -%}
        {%- do check_sync(model) -%}
        {%- do found.append(model) -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}
