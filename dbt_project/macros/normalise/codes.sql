{#- A country as ISO 3166 alpha-2 code in capitals; null if it does not look like one. -#}
{% macro normalise_country(column) -%}
    case
        when {{ matches_whole('upper(' ~ trimmed(column) ~ ')', '[A-Z][A-Z]') }} then upper({{ trimmed(column) }})
    end
{%- endmacro %}


{#- A currency as ISO 4217 code in capitals; null if it does not look like one. -#}
{% macro normalise_currency(column) -%}
    case
        when {{ matches_whole('upper(' ~ trimmed(column) ~ ')', '[A-Z][A-Z][A-Z]') }} then upper({{ trimmed(column) }})
    end
{%- endmacro %}


{#- f, m or x from what forms offer; null if it is none of them. -#}
{% macro normalise_gender(column) -%}
    case
        when {{ normalise_code(column) }} in ('f', 'female', 'woman', 'w', 'weiblich') then 'f'
        when {{ normalise_code(column) }} in ('m', 'male', 'man', 'männlich') then 'm'
        when {{ normalise_code(column) }} in ('x', 'd', 'diverse', 'divers', 'non-binary', 'other') then 'x'
    end
{%- endmacro %}


{#- The number on a card as a scanner reads it: capitals and digits, without the spaces and dashes that people type. -#}
{% macro normalise_card(column) -%}
    upper(replace(replace({{ blank_to_null(column) }}, ' ', ''), '-', ''))
{%- endmacro %}


{#- A SHA-256 as lower-case hexadecimal digits; null if it is none. -#}
{% macro hash_or_null(column) -%}
    case
        when {{ matches_whole('lower(' ~ trimmed(column) ~ ')', '[0-9a-f]{64}') }} then lower({{ trimmed(column) }})
    end
{%- endmacro %}
