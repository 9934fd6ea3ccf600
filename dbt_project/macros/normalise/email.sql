{#- An address as an identity key: trimmed, lower case, null if it cannot be an address. Dots and +tags stay, because
    only some providers ignore them: what a destination wants is its payload's business. ASCII only; whether the
    Punycode of an xn-- domain decodes is not looked at. -#}
{% macro normalise_email(column) -%}
    {%- set address = "lower(" ~ trimmed(column) ~ ")" -%}
    {%- set local = "[a-z0-9!#$%&''*+/=?^_`{|}~-]+" -%}
    {%- set label = "[a-z0-9]([a-z0-9-]*[a-z0-9])?" -%}
    case
        when
            {{ matches_whole(
                address, local ~ '([.]' ~ local ~ ')*@(' ~ label ~ '[.])+([a-z][a-z]+|xn--[a-z0-9-]*[a-z0-9])'
            ) }}
            and not {{ matches_whole(address, '.*@.*[^.]{64}.*') }}
            and strpos({{ address }}, '@') <= 65
            and length({{ address }}) <= 254
            then {{ address }}
    end
{%- endmacro %}
