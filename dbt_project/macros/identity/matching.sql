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


{#- What is compared beside emails; a project's staging columns take part by `meta: {attribute: …}`. -#}
{% macro compared_attribute_names() %}
    {{ return([
        'first_name', 'last_name', 'birth_date', 'national_id', 'street', 'street_number', 'street_2', 'postal_code',
        'city',
    ]) }}
{% endmacro %}


{#- Their names as text constants. -#}
{% macro compared_attributes() -%}
    '{{ compared_attribute_names() | join("', '") }}'
{%- endmacro %}


{#- Their names as columns. -#}
{% macro compared_columns() -%}
    {{ compared_attribute_names() | join(',\n        ') }}
{%- endmacro %}


{#- One column each, from one row each. -#}
{% macro one_column_per_attribute() %}
    {%- for attribute in compared_attribute_names() %}
        max(case when attribute = '{{ attribute }}' then lower(value) end) as {{ attribute }}{{ ',' if not loop.last }}
    {%- endfor %}
{% endmacro %}


{#- How loose a level is: a looser one holds more people for one. -#}
{% macro looseness(level) -%}
    case {{ level }} when 'exact' then 0 when 'strict' then 1 when 'loose' then 2 end
{%- endmacro %}


{#- The pairs of customers who are alike at one of some levels, as edges of the groups that they make. -#}
{% macro likely_pairs(likely_customers, levels) -%}
    select
        customer_id,
        other_customer_id
    from {{ likely_customers }}
    where level in ('{{ levels | join("', '") }}')
{%- endmacro %}
