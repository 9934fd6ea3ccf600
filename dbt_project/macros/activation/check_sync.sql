{#-
    What a sync must say about itself before it loads. Each rule is one call that stops the compilation with a sentence
    that names the sync, the field, and what is wrong with it.
-#}
{% macro check_sync(model) %}
    {%- set sync = model.config.meta.sync -%}
    {%- if sync is not mapping -%}{%- do refuse_settings(model, 'sync', 'must be a list of fields') -%}{%- endif -%}
    {%- do check_fields(model, sync, '', [
        'destination', 'segment', 'mode', 'key', 'purposes', 'channel', 'recipient', 'holdout', 'guards',
    ], ['matching', 'promotional', 'priority', 'competes', 'conversion_days', 'holdout_until']) -%}
    {%- for field in ['destination', 'channel', 'recipient'] -%}
        {%- do check_name(model, field, sync[field]) -%}
    {%- endfor -%}
    {%- do check_one_of(model, 'mode', sync.mode, ['mirror']) -%}
    {%- do check_one_of(model, 'key', sync.key, ['customer_id'] + declared_identifier_types()) -%}
    {%- do check_one_of(model, 'matching', sync.get('matching', matching_level()), ['exact', 'strict', 'loose']) -%}
    {%- do check_one_of(model, 'segment', sync.segment, models_with_meta('segment') | sort) -%}
    {%- do check_purposes(model, sync.purposes) -%}
    {%- do check_number(model, 'holdout', sync.holdout, 0, 0.9999) -%}
    {%- do check_number(model, 'conversion_days', sync.get('conversion_days', var('conversion_days')), 1, 3650) -%}
    {%- do check_one_of(model, 'promotional', sync.get('promotional', true), [true, false]) -%}
    {%- do check_number(model, 'priority', sync.get('priority', 100), 0, 1000000) -%}
    {%- do check_name(model, 'competes', sync.get('competes', 'nobody')) -%}
    {%- do check_day(model, 'holdout_until', sync.get('holdout_until', '2000-01-01')) -%}
    {%- do check_guards(model, sync.guards) -%}
    {%- do check_sync_columns(model) -%}
    {%- if not model.name.startswith('sync_' ~ sync.destination ~ '__') -%}
        {%- do refuse_settings(model, 'destination', "is '" ~ sync.destination
            ~ "', so the model must be called 'sync_" ~ sync.destination ~ "__<audience>'") -%}
    {%- endif -%}
{% endmacro %}


{#- The types of identifier that any staging column says it holds. -#}
{% macro declared_identifier_types() %}
    {%- set types = [] -%}
    {%- for name in models_with_column_meta('identifier') -%}
        {%- do types.extend(tagged_columns(name, 'identifier').values()) -%}
    {%- endfor -%}
    {{ return(types | unique | sort) }}
{% endmacro %}


{#- Whose settings they are: a sync's or a segment's. -#}
{% macro settings_of(model) %}{{ return('segment' if 'segment' in model.config.meta else 'sync') }}{% endmacro %}


{% macro refuse_settings(model, field, sentence) %}
    {%- do exceptions.raise_compiler_error(
        'The ' ~ settings_of(model) ~ " '" ~ model.name ~ "' does not load: its " ~ field ~ ' ' ~ sentence ~ '.'
    ) -%}
{% endmacro %}


{#- Every field is there, and there is no other: a misspelt guard would guard nothing. -#}
{% macro check_fields(model, fields, above, names, optional=[]) %}
    {%- for name in names if fields.get(name) is none -%}
        {%- do refuse_settings(model, above ~ name, 'is missing') -%}
    {%- endfor -%}
    {%- for name in fields if name not in names + optional -%}
        {%- do refuse_settings(model, above ~ name, 'is no field that a ' ~ settings_of(model) ~ ' has: use ' ~ (names + optional) | join(', ')) -%}
    {%- endfor -%}
{% endmacro %}


{#- `any` is no name: a sync goes through one channel to one recipient. -#}
{% macro check_name(model, field, value) %}
    {%- if value is not string or not value.strip() or value == 'any' -%}
        {%- do refuse_settings(model, field, "must be one name, and not 'any'") -%}
    {%- endif -%}
{% endmacro %}


{% macro check_one_of(model, field, value, known) %}
    {%- if value not in known -%}
        {%- do refuse_settings(model, field, "is '" ~ value ~ "', which is not known: use one of " ~ known | join(', ')) -%}
    {%- endif -%}
{% endmacro %}


{% macro check_purposes(model, purposes) %}
    {%- if purposes is string or purposes is not sequence or not purposes -%}
        {%- do refuse_settings(model, 'purposes', 'must be a list that names at least one purpose') -%}
    {%- endif -%}
    {%- for purpose in purposes -%}
        {%- do check_name(model, 'purposes', purpose) -%}
    {%- endfor -%}
{% endmacro %}


{% macro check_number(model, field, value, least, most) %}
    {%- if value is not number or value is boolean or value < least or value > most -%}
        {%- do refuse_settings(model, field, 'must be a number from ' ~ least ~ ' to ' ~ most) -%}
    {%- endif -%}
{% endmacro %}


{% macro check_day(model, field, value) %}
    {%- if not modules.re.match('[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$', value | string) -%}
        {%- do refuse_settings(model, field, "is '" ~ value ~ "', which is no day: write it as 2026-12-31") -%}
    {%- endif -%}
{% endmacro %}


{% macro check_guards(model, guards) %}
    {%- set limits = {
        'max_removal_share': 1, 'max_removals': 1000000000, 'max_size_change': 1000, 'max_age_hours': 8760,
    } -%}
    {%- if guards is not mapping -%}{%- do refuse_settings(model, 'guards', 'must be a list of fields') -%}{%- endif -%}
    {%- do check_fields(model, guards, 'guards.', limits.keys() | list) -%}
    {%- for name, most in limits.items() -%}
        {%- do check_number(model, 'guards.' ~ name, guards[name], 0, most) -%}
    {%- endfor -%}
{% endmacro %}


{#- The columns are the payload: the three keys are there, and nothing that any model calls sensitive. -#}
{% macro check_sync_columns(model) %}
    {%- for name in ['customer_id', 'record_key', 'permission_id'] if name not in model.columns -%}
        {%- do refuse_settings(model, 'column ' ~ name, 'is missing') -%}
    {%- endfor -%}
    {%- for name, on_null in payload_fields(model.name).items() -%}
        {%- do check_one_of(model, 'column ' ~ name ~ ' on_null', on_null, ['keep', 'clear', 'skip']) -%}
    {%- endfor -%}
    {%- set sensitive = sensitive_columns() -%}
    {%- for name in model.columns if name in sensitive -%}
        {%- do refuse_settings(model, 'column ' ~ name, "is sensitive in '" ~ sensitive[name] ~ "', and no such column is ever sent") -%}
    {%- endfor -%}
{% endmacro %}


{#- Column name → a model that says `pii: sensitive` about it. -#}
{% macro sensitive_columns() %}
    {%- set found = {} -%}
    {%- for node in graph.get('nodes', {}).values() if node.resource_type == 'model' -%}
        {%- for name, column in node.columns.items() if column.meta.get('pii') == 'sensitive' -%}
            {%- do found.update({name: node.name}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}
