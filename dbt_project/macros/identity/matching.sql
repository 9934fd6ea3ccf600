{#-
    Likeness. `identity_matching` says how alike two people must be to be held for one: exact (never), strict or loose;
    `matching_thresholds` says what these words mean, as the least score.
-#}

{#- The level in force. -#}
{% macro matching_level() %}
    {%- set level = var('identity_matching') -%}
    {%- if level not in ['exact', 'strict', 'loose'] -%}
        {%- do exceptions.raise_compiler_error(
            "The variable identity_matching is '" ~ level ~ "', which is not known: use exact, strict or loose."
        ) -%}
    {%- endif -%}
    {{ return(level) }}
{% endmacro %}


{#- The least score of a level; the three must stand in their order, or a pair would be linked and reviewed at once. -#}
{% macro matching_threshold(level) %}
    {%- set least = var('matching_thresholds') -%}
    {%- for name in ['review', 'loose', 'strict'] if least[name] is not number -%}
        {%- do exceptions.raise_compiler_error(
            "The variable matching_thresholds says no number for '" ~ name ~ "': give review, loose and strict."
        ) -%}
    {%- endfor -%}
    {%- if not 0 < least.review <= least.loose <= least.strict <= 1 -%}
        {%- do exceptions.raise_compiler_error(
            "The variable matching_thresholds is out of order: it must hold that 0 < review <= loose <= strict <= 1."
        ) -%}
    {%- endif -%}
    {{ return('cast(' ~ least[level] ~ ' as decimal(7, 6))') }}
{% endmacro %}


{#- Whether pairs of a level are held for one person in the graph. -#}
{% macro is_level_accepted(level) %}
    {{- return({
        'exact': '1 = 0',
        'strict': level ~ " = 'strict'",
        'loose': level ~ " in ('strict', 'loose')",
    }[matching_level()]) -}}
{% endmacro %}
