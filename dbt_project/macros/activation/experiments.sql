{#- The name of the experiment that a sync's own holdout is. -#}
{% macro audience_experiment(sync) -%}
    'audience:' || {{ sync }}
{%- endmacro %}


{#- A setting of the universal holdout: the `share` of people to whom no promotion is ever sent, or `conversion_days`. -#}
{% macro universal_holdout(setting) -%}
    {%- set value = var('universal_holdout').get(setting) -%}
    {%- set most = {'share': 0.9999, 'conversion_days': 3650}[setting] -%}
    {%- if value is not number or value is boolean or value < 0 or value > most -%}
        {%- do exceptions.raise_compiler_error(
            "The var universal_holdout." ~ setting ~ " must be a number from 0 to " ~ most ~ "."
        ) -%}
    {%- endif -%}
    cast({{ value }} as {{ setting_type('share' if setting == 'share' else 'integer') }})
{%- endmacro %}
