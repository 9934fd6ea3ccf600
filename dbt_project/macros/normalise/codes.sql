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
