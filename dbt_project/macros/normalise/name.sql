{#- A name as people write it: one space between words, null when blank. SHOUTED and whispered names get capitals;
    anything mixed (McDonald, van der Berg) stays as it is. -#}
{% macro normalise_name(column) -%}{{ return(adapter.dispatch('normalise_name', 'kindred')(column)) }}{%- endmacro %}

{% macro duckdb__normalise_name(column) -%}
    {%- set name = "regexp_replace(" ~ blank_to_null(column) ~ ", '\s+', ' ', 'g')" -%}
    case
        when {{ name }} not in (upper({{ name }}), lower({{ name }})) or length({{ name }}) = 1
            then {{ name }}
        else list_aggregate(
            list_transform(
                regexp_extract_all(lower({{ name }}), '[^ ''-]+|[ ''-]+'),
                lambda word: upper(word[1]) || word[2:]
            ),
            'string_agg', ''
        )
    end
{%- endmacro %}
