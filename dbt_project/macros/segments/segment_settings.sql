{#-
    The segments as a table, read from `config: {meta: {segment: …}}` of the models' YAML. The var `segment_settings`
    changes what a package's YAML says: a company cannot edit that, and its segments have other sizes and owners.
-#}
{% macro segment_settings() %}
    {%- set columns = {
        'segment': 'text', 'owner': 'text', 'goal': 'text', 'least_members': 'integer', 'most_members': 'integer',
        'review_by': 'timestamp', 'holds_back_promotions': 'boolean',
    } -%}
    {%- set rows = [] -%}
    {%- set names = models_with_meta('segment') | sort -%}
    {%- for name in var('segment_settings') if execute and name not in names -%}
        {%- do exceptions.raise_compiler_error(
            "The var segment_settings speaks of '" ~ name ~ "', which is no segment: use one of " ~ names | join(', ') ~ '.'
        ) -%}
    {%- endfor -%}
    {%- for name in names -%}
        {%- set model = model_node(name) -%}
        {%- set said = model.config.meta.segment -%}
        {%- set segment = dict(said if said is mapping else {}, **var('segment_settings').get(name, {})) -%}
        {%- do check_segment(model, segment) -%}
        {%- do rows.append({
            'segment': name, 'owner': segment.owner, 'goal': segment.goal, 'least_members': segment.expected_size[0],
            'most_members': segment.expected_size[1], 'review_by': "'" ~ segment.review_by ~ "'",
            'holds_back_promotions': (segment.get('holds_back') == 'promotions') | lower,
        }) -%}
    {%- endfor -%}
    {{ literal_rows(columns, rows) }}
{% endmacro %}


{#- What a segment must say about itself before it loads: each mistake stops the compilation with one sentence. -#}
{% macro check_segment(model, segment) %}
    {%- do check_fields(model, segment, '', ['owner', 'goal', 'expected_size', 'review_by'], ['holds_back']) -%}
    {%- for field in ['owner', 'goal'] -%}
        {%- do check_name(model, field, segment[field]) -%}
    {%- endfor -%}
    {%- if not model.description.strip() -%}
        {%- do refuse_settings(model, 'description', 'is missing: say who is in it and what for') -%}
    {%- endif -%}
    {%- set size = segment.expected_size -%}
    {%- if size is string or size is not sequence or size | length != 2 or size | reject('integer') | list
        or size[0] < 0 or size[0] > size[1] -%}
        {%- do refuse_settings(model, 'expected_size', 'must be two whole numbers, as [10, 5000]') -%}
    {%- endif -%}
    {%- do check_day(model, 'review_by', segment.review_by) -%}
    {%- do check_one_of(model, 'holds_back', segment.get('holds_back', 'promotions'), ['promotions']) -%}
{% endmacro %}
